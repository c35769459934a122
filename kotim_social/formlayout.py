"""How forms are laid out: crispy-forms helpers with the hint before the input, and no own tag."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.forms import BaseForm


class PlainFormHelper(FormHelper):
    """The page writes <form>, CSRF token and buttons; this lays out the fields between them."""

    def __init__(self, form: BaseForm | None = None, *, mark_optional: bool = True) -> None:
        super().__init__(form)
        self.form_tag = False
        self.disable_csrf = True
        self.include_media = False
        # Read by templates/bootstrap5/field.html.
        self.mark_optional = mark_optional


class PlainForm:
    """Mixin for forms: `{% crispy form %}` finds the helper; `layout` groups the fields."""

    layout: ClassVar[Layout | None] = None
    mark_optional: ClassVar[bool] = True

    def get_layout(self) -> Layout | None:
        return self.layout

    @property
    def helper(self) -> PlainFormHelper:
        form: Any = self
        helper = PlainFormHelper(form, mark_optional=self.mark_optional)
        if (layout := self.get_layout()) is not None:
            helper.layout = layout
        return helper


class PlainFilter(PlainForm):
    """Mixin for filter forms: everything in them is optional, so nothing says so."""

    mark_optional: ClassVar[bool] = False
