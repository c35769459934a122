"""Her savings book and card: when she got them into her own hands, from whom, and who saw it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.account import BankAccount
from cases.models.worker import Worker
from kotim_social.accounts.models import User
from kotim_social.audit.immutable import ImmutableModel, ImmutableQuerySet
from kotim_social.documents.models import IssuedPaper
from kotim_social.lib.encrypted import EncryptedTextField
from kotim_social.lib.ids import uuid7


class BookHandOverQuerySet(ImmutableQuerySet):
    def visible_to(self, user: User) -> BookHandOverQuerySet:
        return self.filter(account__worker__in=Worker.objects.visible_to(user))

    def standing(self) -> BookHandOverQuerySet:
        """Rows that no later row has corrected."""
        return self.filter(correction__isnull=True)


class BookHandOver(ImmutableModel):
    """One hand-over to the woman herself; book and card may come on different days (R90).

    A wrong row stays and is corrected by a new one, which may also say that nothing was handed
    over. There is no field for a PIN, and none may be added (R17).
    """

    class Way(models.TextChoices):
        HANDED = "handed", _("handed over to her")
        HERS = "hers", _("she has had them all along, and showed them")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="book_hand_overs")
    way = models.CharField(_("how she came by them"), max_length=8, choices=Way.choices)
    handed_on = models.DateField(_("date of the hand-over"))
    handed_by_name = models.CharField(_("who handed them over"), max_length=120, blank=True)
    book = models.BooleanField(_("savings book"), default=False)
    card = models.BooleanField(_("bank card"), default=False)
    no_card = models.BooleanField(_("the bank gives no card with it"), default=False)
    witnesses = models.CharField(_("witnesses"), max_length=200)
    by_thumb = models.BooleanField(_("by thumb"), default=False)
    # The minutes; none where she has had book and card all along.
    paper = models.OneToOneField(IssuedPaper, models.PROTECT, null=True, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    because = EncryptedTextField(label="book.because", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = BookHandOverQuerySet.as_manager()  # type: ignore[misc]
    privacy: ClassVar[dict[str, str]] = {
        "id": "umum",
        "account": "umum",
        "way": "umum",
        "handed_on": "umum",
        "handed_by_name": "spesifik",
        "book": "spesifik",
        "card": "spesifik",
        "no_card": "spesifik",
        "witnesses": "spesifik",
        "by_thumb": "spesifik",
        "paper": "umum",
        "corrects": "umum",
        "because": "rahasia",
        "recorded_at": "umum",
        "recorded_by": "umum",
    }

    class Meta:
        indexes = [models.Index(fields=["account", "-handed_on"], name="book_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["handed", "hers"]), name="book_known_way"),
            models.CheckConstraint(
                condition=Q(book=True) | Q(card=True) | Q(no_card=True) | Q(corrects__isnull=False),
                name="book_something_was_handed",
                violation_error_message=_("Say what she got: the book, the card, or both."),
            ),
            models.CheckConstraint(
                condition=Q(card=False) | Q(no_card=False),
                name="book_card_or_none",
                violation_error_message=_("Either she got a card, or the bank gives none."),
            ),
            models.CheckConstraint(
                condition=~Q(way="handed") | ~Q(handed_by_name=""),
                name="book_handed_by_somebody",
                violation_error_message=_("Say who handed them over."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, because__isnull=True)
                | Q(corrects__isnull=False, because__isnull=False),
                name="book_correction_has_reason",
                violation_error_message=_("Give a reason."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def things(self) -> list[str]:
        """What she got, in words; empty where a correction says that it was nothing."""
        got = {
            _("savings book"): self.book,
            _("bank card"): self.card,
            _("the bank gives no card with it"): self.no_card,
        }
        return [str(thing) for thing, hers in got.items() if hers]
