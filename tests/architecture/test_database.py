"""The tests' own database is what production's would be: same roles, same locale, nothing left over between tests."""

from __future__ import annotations

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection


def one(url, statement):
    with psycopg.connect(url) as session:
        return session.execute(statement).fetchone()[0]


@pytest.mark.django_db
def test_the_application_signs_in_with_a_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("concord_app", False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_trigrams_work_on_chinese():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('北京科技有限公司'))")
        assert cursor.fetchone() == (9,)


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_committing_test_writes_is_gone_in_the_next(attempt, app_dsn):
    from django.contrib.auth.models import Group

    assert not Group.objects.filter(name="left over").exists()
    Group.objects.create(name="left over")
    assert one(app_dsn, "SELECT count(*) FROM auth_group WHERE name = 'left over'") == 1


@pytest.mark.django_db(transaction=True)
def test_each_address_signs_in_as_its_role(app_dsn, owner_dsn, superuser_dsn):
    assert one(app_dsn, "SELECT current_user::text") == "concord_app"
    assert one(owner_dsn, "SELECT current_user::text") == "concord_owner"
    assert one(superuser_dsn, "SELECT usesuper FROM pg_user WHERE usename = current_user") is True


@pytest.mark.django_db(transaction=True)
def test_the_application_cannot_change_the_schema(app_dsn):
    with psycopg.connect(app_dsn) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("CREATE TABLE public.anything ()")


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
