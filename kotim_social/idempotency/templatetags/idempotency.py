"""The hidden field of a money form."""

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kotim_social.idempotency.forms import FIELD

register = template.Library()


@register.simple_tag
def idempotency_field() -> SafeString:
    """A fresh key for each time the form is shown."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
