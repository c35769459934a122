"""Encrypted fields: plain on the instance, a token everywhere else. No database is touched."""

import pickle
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.apps.registry import Apps
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models.expressions import F, Value
from django.forms.models import modelform_factory

from kotim_social.lib.crypto import CryptoError
from kotim_social.lib.encrypted import Ciphertext, EncryptedJSONField, EncryptedTextField
from kotim_social.lib.ids import uuid7

pytestmark = pytest.mark.usefixtures("key_file")
NIK = "3517154306930006"


class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.TextField(blank=True)
    nik = EncryptedTextField(label="person.nik", null=True, blank=True, max_length=16)
    note = EncryptedTextField("a note", label="person.note", default="", blank=True)
    facts = EncryptedJSONField(label="person.facts", default=dict, blank=True)

    class Meta:
        apps = Apps()
        app_label = "encrypted_fields"

    def __str__(self) -> str:
        return str(self.pk)


class PersonEvent(models.Model):
    """A history row as django-pghistory makes it: its own key, and the id of the record."""

    pgh_id = models.BigAutoField(primary_key=True)
    id = models.UUIDField()
    nik = EncryptedTextField(label="person.nik", null=True)

    class Meta:
        apps = Apps()
        app_label = "encrypted_fields"

    def __str__(self) -> str:
        return str(self.pk)


def field(name: str) -> Any:
    return Person._meta.get_field(name)


def column(person: Person, name: str) -> Any:
    """Return what save() hands to the database for a field."""
    return field(name).get_db_prep_save(field(name).pre_save(person, add=False), connection)


def loaded(person: Person, model: Any = Person, **values: Any) -> Any:
    """Return the row as the database would give it, through the field's converter."""
    names = [
        f.attname for f in model._meta.concrete_fields if f.attname in values or model is Person
    ]
    row = []
    for name in names:
        found = model._meta.get_field(name)
        if name in values:
            row.append(values[name])
        elif hasattr(found, "label"):
            token = column(person, name)
            stored = None if token is None else memoryview(bytes(token.adapted))
            row.append(found.from_db_value(stored, None, connection))
        else:
            row.append(getattr(person, name))
    return model.from_db("default", names, row)


def test_the_instance_reads_plain_and_the_column_holds_a_token() -> None:
    person = Person(nik=NIK, facts={"children": 2})
    assert person.nik == NIK
    stored = bytes(column(person, "nik").adapted)
    assert NIK.encode() not in stored
    assert b"children" not in bytes(column(person, "facts").adapted)
    assert person.nik == NIK
    assert loaded(person).nik == NIK
    assert loaded(person).facts == {"children": 2}


def test_null_and_empty_are_kept_apart() -> None:
    person = Person()
    assert (person.nik, person.note, person.facts) == (None, "", {})
    assert column(person, "nik") is None
    assert column(person, "note") is not None
    again = loaded(person)
    assert (again.nik, again.note, again.facts) == (None, "", {})


def test_a_token_in_another_row_does_not_open() -> None:
    person = Person(nik=NIK)
    moved = loaded(person, id=uuid7())
    with pytest.raises(CryptoError):
        _ = moved.nik
    with pytest.raises(CryptoError):
        column(moved, "nik")


def test_a_history_row_opens_the_token_by_the_id_it_copied() -> None:
    person = Person(nik=NIK)
    token = loaded(person).__dict__["nik"]
    event = loaded(person, PersonEvent, pgh_id=7, id=person.id, nik=token)
    assert event.nik == NIK


def test_saving_again_keeps_the_token_unless_the_value_changed() -> None:
    row = loaded(Person(nik=NIK, facts={"children": 2}))
    unread = column(row, "nik").adapted
    assert row.nik == NIK
    row.nik = str(NIK)
    assert column(row, "nik").adapted == unread
    row.nik = "3517154306930007"
    assert row.nik == "3517154306930007"
    changed = column(row, "nik").adapted
    assert changed != unread
    assert column(row, "nik").adapted == changed
    row.nik = None
    assert column(row, "nik") is None


def test_json_changed_in_place_is_stored() -> None:
    row = loaded(Person(facts={"children": 2}))
    before = column(row, "facts").adapted
    row.facts["children"] = 3
    assert column(row, "facts").adapted != before
    assert loaded(row).facts == {"children": 3}
    row.facts["children"] = 4
    row.facts = {"children": 3}
    assert loaded(row).facts == {"children": 3}


def test_a_value_that_was_read_is_sealed_anew_under_a_new_id() -> None:
    row = loaded(Person(nik=NIK))
    assert (row.nik, row.note, row.facts) == (NIK, "", {})
    before = column(row, "nik").adapted
    row.id = uuid7()
    assert column(row, "nik").adapted != before
    assert loaded(row).nik == NIK


def test_an_instance_without_id_cannot_be_stored() -> None:
    person = Person(id=None, nik=NIK)
    with pytest.raises(CryptoError):
        column(person, "nik")


def test_plain_values_never_pass_to_the_database() -> None:
    for name in ("nik", "facts"):
        for plain in (NIK, b"bytes", 5, {"a": 1}):
            with pytest.raises(TypeError):
                field(name).get_db_prep_save(plain, connection)
        for expression in (Value(NIK), F("name"), Value(NIK, output_field=field(name))):
            with pytest.raises(TypeError):
                field(name).get_db_prep_save(expression.resolve_expression(Mock()), connection)
    assert field("nik").get_db_prep_save(None, connection) is None
    sealed = field("nik").seal(NIK, record_id="r1")
    assert field("nik").get_db_prep_save(sealed, connection) is not None
    person = Person()
    person.nik = Value(NIK)
    with pytest.raises(TypeError):
        column(person, "nik")


def test_update_with_a_plain_value_is_refused_when_it_is_compiled() -> None:
    for plain in (NIK, Value(NIK), F("name")):
        query: Any = Person._default_manager.filter(name="x").query.chain(models.sql.UpdateQuery)
        query.add_update_values({"nik": plain})
        with pytest.raises((TypeError, FieldError)):
            query.get_compiler("default").as_sql()


@pytest.mark.parametrize(
    "lookup",
    ["nik", "nik__exact", "nik__in", "nik__contains", "nik__gt", "nik__regex", "nik__lower",
     "facts__children", "facts__has_key"],
)  # fmt: skip
def test_every_lookup_but_isnull_is_refused(lookup: str) -> None:
    with pytest.raises(FieldError):
        Person._default_manager.filter(**{lookup: [NIK]})


def test_isnull_is_possible() -> None:
    assert "IS NULL" in str(Person._default_manager.filter(nik__isnull=True).query)


def test_values_give_ciphertext_that_opens_with_the_record_id() -> None:
    person = Person(nik=NIK)
    found = field("nik").from_db_value(bytes(column(person, "nik").adapted), None, connection)
    assert isinstance(found, Ciphertext)
    assert NIK not in f"{found} {found!r}"
    assert found.decrypt(person.id) == found.decrypt(str(person.id)) == NIK
    with pytest.raises(CryptoError):
        found.decrypt(uuid7())


def test_a_pickle_never_holds_the_plain_value() -> None:
    row = loaded(Person(nik=NIK))
    assert row.nik == NIK
    kept = pickle.dumps(row.__dict__["nik"])
    assert NIK.encode() not in kept
    assert pickle.loads(kept).decrypt(row.id) == NIK


def test_a_text_that_cannot_be_stored_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="cannot be stored") as caught:
        column(Person(nik="secret\ud800"), "nik")
    assert "secret" not in str(caught.value)
    with pytest.raises(TypeError):
        column(Person(nik=3517), "nik")


def test_fixtures_do_not_carry_it_out() -> None:
    with pytest.raises(TypeError):
        field("nik").value_to_string(Person(nik=NIK))


def test_migrations_rebuild_the_same_field() -> None:
    for name in ("nik", "note", "facts"):
        _, path, args, kwargs = field(name).deconstruct()
        assert path.startswith("kotim_social.lib.encrypted.")
        again = type(field(name))(*args, **kwargs)
        assert again.deconstruct()[1:] == field(name).deconstruct()[1:]
        assert again.editable
    assert field("nik").deconstruct()[3]["label"] == "person.nik"
    hidden = EncryptedTextField(label="x", editable=False)
    assert not EncryptedTextField(**hidden.deconstruct()[3]).editable


def test_a_field_needs_a_label_and_carries_no_index() -> None:
    with pytest.raises(ValueError, match="label"):
        EncryptedTextField(label="")
    for option in ("unique", "db_index", "primary_key"):
        with pytest.raises(ValueError, match="blind index"):
            EncryptedTextField(label="x", **{option: True})


def test_model_checks_and_forms_take_it_as_text_and_json() -> None:
    assert [error for name in ("nik", "note", "facts") for error in field(name).check()] == []
    form_class = modelform_factory(Person, fields=["nik", "facts"])
    row = loaded(Person(nik=NIK, facts={"children": 2}))
    form = form_class(instance=row)
    assert form.initial == {"nik": NIK, "facts": {"children": 2}}
    form = form_class({"nik": "35", "facts": '{"children": 1}'}, instance=row)
    assert form.is_valid(), form.errors
    assert (form.instance.nik, form.instance.facts) == ("35", {"children": 1})
    assert form_class({"nik": "", "facts": ""}, instance=row).save(commit=False).nik is None
    assert not form_class({"nik": "1" * 17}, instance=row).is_valid()


def test_the_record_id_is_the_uuid_in_its_usual_spelling() -> None:
    person = Person(id=UUID("0190a1b2-0000-7000-8000-000000000001"), nik=NIK)
    _ = column(person, "nik")
    assert person.__dict__["nik"].decrypt("0190a1b2-0000-7000-8000-000000000001") == NIK
