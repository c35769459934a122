"""How forms are laid out: crispy-forms helpers with the hint before the input, and no own tag.

Forms of more than five fields are kept half-filled: what the page needs for that stands round the
fields, and the middleware of `kotim_social.drafts` does the rest.
"""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Names in the form and in the address: the page whose form it is, and what to do with the draft.
DRAFT_PAGE, DRAFT_ACT, OPEN = "draft_page", "draft", "open"
# What the author of a form that writes over a record saw (`kotim_social.rewriting`).
SEEN = "seen"
SHORT = 5
_DASHES = forms.ModelChoiceField(queryset=None).empty_label


class PlainFormHelper(FormHelper):
    """The page writes <form>, CSRF token and buttons; this lays out the fields between them."""

    def __init__(self, form: BaseForm | None = None, *, mark_optional: bool = True) -> None:
        super().__init__(form)
        self.form_tag = False
        self.disable_csrf = True
        self.include_media = False
        # Read by templates/bootstrap5/field.html.
        self.mark_optional = mark_optional

    def render_layout(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> SafeString:
        """The fields, and round those of a long form what keeps it half-filled."""
        before = draft_head(form, context)
        fields: SafeString = super().render_layout(form, context, *args, **kwargs)
        return before + _seen_field(form) + fields + draft_foot(form, context)


class PlainForm:
    """Mixin for forms: `{% crispy form %}` finds the helper; `layout` groups the fields."""

    layout: ClassVar[Layout | None] = None
    mark_optional: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        for field in form.fields.values():
            # Nothing is chosen yet: say so in words, as every other list does.
            if getattr(field, "empty_label", None) == _DASHES:
                field.empty_label = _("Choose")

    def get_layout(self) -> Layout | None:
        return self.layout

    @property
    def helper(self) -> PlainFormHelper:
        form: Any = self
        helper = PlainFormHelper(form, mark_optional=self.mark_optional)
        if (layout := self.get_layout()) is not None:
            helper.layout = layout
        return helper

    @property
    def is_long(self) -> bool:
        """Whether it is kept half-filled."""
        form: Any = self
        return len(form.visible_fields()) > SHORT

    def fill(self, data: QueryDict) -> None:
        """Shows what was typed before, unsent and unchecked."""
        form: Any = self
        files: MultiValueDict[str, Any] = MultiValueDict()
        for name, field in form.fields.items():
            typed = field.widget.value_from_datadict(data, files, form.add_prefix(name))
            form[name].initial = typed


class PlainFilter(PlainForm):
    """Mixin for filter forms: everything in them is optional, so nothing says so."""

    mark_optional: ClassVar[bool] = False
    is_long: ClassVar[bool] = False  # type: ignore[assignment]


def _seen_field(form: Any) -> SafeString:
    seen = getattr(form, "seen", None)
    if seen is None:
        return SafeString("")
    return format_html('<input type="hidden" name="{}" value="{}">', SEEN, seen)


def draft_head(form: Any, context: Any) -> SafeString:
    """Before the fields: what was kept is offered, or shown again when she asked for that."""
    request = _request_of_long(form, context)
    if request is None:
        return SafeString("")
    draft = None if form.is_bound else request.draft_here()  # type: ignore[attr-defined]
    is_open = draft is not None and request.GET.get(DRAFT_ACT) == OPEN
    if draft is not None and is_open:
        form.fill(draft.fields)
    query = request.GET.copy()
    query[DRAFT_ACT] = OPEN
    about = {"draft": draft, "is_open": is_open, "open_query": query.urlencode()}
    return render_to_string("ui/_draft_head.html", {**about, "page": request.get_full_path()})


def has_draft(request: HttpRequest) -> bool:
    """Whether its reader left this very form half-filled."""
    return request.draft_here() is not None  # type: ignore[attr-defined]


def draft_foot(form: Any, context: Any) -> SafeString:
    """After the fields: the button that keeps them."""
    if _request_of_long(form, context) is None:
        return SafeString("")
    return render_to_string("ui/_draft_foot.html", {"days": settings.DRAFT_DAYS})


def _request_of_long(form: Any, context: Any) -> HttpRequest | None:
    request: HttpRequest | None = context.get("request")
    is_kept = request is not None and hasattr(request, "draft_here")
    return request if is_kept and getattr(form, "is_long", False) else None


class ReasonField(forms.CharField):
    """Why somebody does an act: the same length, box and words on every page that asks for it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {
            "label": gettext_lazy("Reason"),
            "max_length": 500,
            "widget": forms.Textarea(attrs={"rows": 3}),
            "error_messages": {"required": gettext_lazy("Give a reason.")},
            **kwargs,
        }
        super().__init__(**kwargs)
