"""What a person may do in the desk is read at once, and is what Django and Wagtail read by themselves."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from concord.documents.models import Collateral
from concord.portal.sign_in import SignInBackend
from tests.cms.pages import make_tree


def read(user):
    """The account as a request reads it."""
    return SignInBackend().get_user(user.pk)


def policies():
    return PagePermissionPolicy(), CollectionPermissionPolicy(Collateral)


def plain(row, place):
    given, kept = getattr(row, place), row._meta.get_field(place).related_model._meta.concrete_fields
    facts = {one.attname: getattr(given, one.attname) for one in kept}
    return {**model_to_dict(row), "group": row.group_id, "permission": model_to_dict(row.permission), place: facts}


def test_rights_are_those_that_django_and_wagtail_read(cast):
    make_tree()
    some = 0
    for user in cast.people.values():
        user.groups.add(*Group.objects.filter(user=cast.pricing_manager))  # a person may be in several groups
        own, others = read(user), read(user)
        assert own.get_all_permissions() == ModelBackend().get_all_permissions(others)
        for policy, place in zip(policies(), ("page", "collection"), strict=True):
            here = [plain(row, place) for row in policy.get_cached_permissions_for_user(own)]
            there = [plain(row, place) for row in policy.get_all_permissions_for_user(others)]
            assert sorted(here, key=str) == sorted(there, key=str)
            some += len(here)
    assert some > 0


def test_rights_are_read_in_one_statement(cast):
    make_tree()
    user = read(cast.editor)
    pages, collections = policies()
    with CaptureQueriesContext(connection) as caught:
        assert user.has_perm("wagtailadmin.access_admin")
        assert pages.user_has_any_permission(user, {"change"})
        assert collections.user_has_any_permission(user, {"add", "change"})
    assert len(caught) == 1


def test_superusers_and_people_who_left_are_told_apart(cast):
    cast.vendor_manager.is_superuser = True
    cast.vendor_manager.save()
    assert read(cast.vendor_manager).has_perm("wagtailcore.delete_page")
    gone = read(cast.editor)
    gone.is_active = False
    assert gone.get_all_permissions() == set()
