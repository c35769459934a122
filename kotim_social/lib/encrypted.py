"""Model fields whose column holds a token of lib.crypto; the attribute reads as plain value.

The token is bound to the field's label and to the record's ``id``, not to the table, so the
history tables, which copy ``id``, open it as well.
"""

import json
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from django import forms
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import EMPTY_VALUES
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.query_utils import DeferredAttribute

from kotim_social.lib.crypto import CryptoError, decrypt, encrypt

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")

if TYPE_CHECKING:
    # The stubs say that a BinaryField reads as bytes; these fields say it for themselves.
    class _StoredAsBytes(models.Field[_Set, _Get]): ...
else:

    class _StoredAsBytes(models.BinaryField, Generic[_Set, _Get]): ...


class Ciphertext:
    """A stored token, opened on demand; what values() and values_list() return."""

    __slots__ = ("_opened", "is_json", "label", "token")

    def __init__(self, token: bytes, *, label: str, is_json: bool = False) -> None:
        self.token = token
        self.label = label
        self.is_json = is_json
        self._opened: tuple[str, bytes, Any] | None = None

    @classmethod
    def seal(cls, value: Any, *, label: str, is_json: bool, record_id: str) -> "Ciphertext":
        plain = _encode(value, is_json=is_json)
        token = encrypt(plain, label=label, record_id=record_id)
        sealed = cls(token, label=label, is_json=is_json)
        sealed._opened = (record_id, plain, value)
        return sealed

    def decrypt(self, record_id: object) -> Any:
        """Return the plain value for the record with this id; CryptoError for any other."""
        wanted = str(record_id)
        if self._opened is None or self._opened[0] != wanted:
            plain = decrypt(self.token, label=self.label, record_id=wanted)
            value = json.loads(plain) if self.is_json else plain.decode()
            self._opened = (wanted, plain, value)
        return self._opened[2]

    def for_record(self, record_id: str) -> "Ciphertext":
        """Return a token to store in this record: this one unless its value changed or moved."""
        if self._opened is None:
            self.decrypt(record_id)
            return self
        opened_for, plain, value = self._opened
        if opened_for == record_id and _encode(value, is_json=self.is_json) == plain:
            return self
        return Ciphertext.seal(value, label=self.label, is_json=self.is_json, record_id=record_id)

    def is_known_to_hold(self, value: Any, record_id: str) -> bool:
        """Tell without decrypting whether this already is the token of ``value``."""
        if self._opened is None or self._opened[0] != record_id or self._opened[2] != value:
            return False
        try:
            return _encode(value, is_json=self.is_json) == self._opened[1]
        except (TypeError, ValueError):
            return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ciphertext) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return f"<Ciphertext {self.label}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickle, in a cache or a job, never carries the opened value.
        return _unpickle, (self.token, self.label, self.is_json)


class EncryptedAttribute(DeferredAttribute):
    """Decrypts on reading; the instance keeps the token until another value is assigned."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Ciphertext):
            return value
        return value.decrypt(_record_id(instance))

    def __set__(self, instance: models.Model, value: Any) -> None:
        held = instance.__dict__.get(self.field.attname)
        # A form that assigns what was there keeps the token, so history shows no change.
        if (
            isinstance(held, Ciphertext)
            and not isinstance(value, Ciphertext)
            and held.is_known_to_hold(value, str(getattr(instance, "id", None)))
        ):
            return
        instance.__dict__[self.field.attname] = value


class _EncryptedField(_StoredAsBytes[_Set, _Get]):
    descriptor_class = EncryptedAttribute
    is_json = False

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        if not label:
            raise ValueError("an encrypted field needs a fixed label")
        if kwargs.get("unique") or kwargs.get("primary_key") or kwargs.get("db_index"):
            raise ValueError("index a blind index, not an encrypted field")
        self.label = label
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        if not self.editable:
            kwargs["editable"] = False
        return name, path, args, {**kwargs, "label": self.label}

    def seal(self, value: Any, *, record_id: object) -> Ciphertext | None:
        """Return the token of a plain value for one record; the only thing update() takes."""
        if value is None:
            return None
        if isinstance(value, Ciphertext):
            return value.for_record(str(record_id))
        return Ciphertext.seal(
            value, label=self.label, is_json=self.is_json, record_id=str(record_id)
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        if self.attname not in model_instance.__dict__:
            getattr(model_instance, self.attname)  # deferred: load the token first
        held = model_instance.__dict__[self.attname]
        sealed = self.seal(held, record_id=_record_id(model_instance)) if held is not None else None
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        if value is None:
            return None
        return Ciphertext(bytes(value), label=self.label, is_json=self.is_json)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            self._refuse_plain()
        return super().get_db_prep_save(value, connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, Ciphertext):
            self._refuse_plain()
        return super().get_db_prep_value(value.token, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            self._refuse_lookup()
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        self._refuse_lookup()

    def get_default(self) -> Any:
        # BinaryField turns the empty text into bytes.
        return models.Field.get_default(self)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> NoReturn:
        raise TypeError(f"{self.name} is encrypted and is not serialised")

    def _check_str_default_value(self) -> list[Any]:
        return []

    def _refuse_plain(self) -> NoReturn:
        raise TypeError(f"{self.name} is encrypted: set the attribute and save the instance")

    def _refuse_lookup(self) -> NoReturn:
        raise FieldError(f"{self.name} is encrypted: only isnull is possible, use a blind index")


class EncryptedTextField(_EncryptedField[_Set, _Get]):
    """Text stored encrypted: ``nik = EncryptedTextField(label="worker.nik")``."""

    _pyi_private_set_type: str | Combinable
    _pyi_private_get_type: str

    empty_values = list(EMPTY_VALUES)

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.null:
            defaults["empty_value"] = None
        return super().formfield(**{**defaults, **kwargs})


class EncryptedJSONField(_EncryptedField[_Set, _Get]):
    """Anything JSON can hold, stored encrypted; None is NULL."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    empty_values = list(EMPTY_VALUES)
    empty_strings_allowed = False
    is_json = True

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


def _encode(value: Any, *, is_json: bool) -> bytes:
    if is_json:
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode()
    if not isinstance(value, str):
        raise TypeError("an encrypted text field takes a str")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ValueError("this text cannot be stored") from None


def _record_id(instance: models.Model) -> str:
    record_id = getattr(instance, "id", None)
    if record_id is None:
        raise CryptoError("an encrypted field needs the id of its record")
    return str(record_id)


def _unpickle(token: bytes, label: str, is_json: bool) -> Ciphertext:
    return Ciphertext(token, label=label, is_json=is_json)
