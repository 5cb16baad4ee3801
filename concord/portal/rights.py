"""What a person may do in the desk, read at once: rights of the groups, on pages and on collections.

Django and Wagtail ask for each of the three by itself, on every page of the desk, and keep the answers with the account
for the request. Here they are put there together. They take it from there; what is not there they ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, JSONField, Model, OuterRef, Value
from django.db.models.functions import Concat, JSONObject
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from concord.portal.models import User

_Place = TypeVar("_Place", Page, Collection)

#: what of a page or a collection says where it lies; the rest of it is read should anybody ask
_OF_PERMISSION: Final = ("id", "name", "content_type_id", "codename")
_OF_PAGE: Final = ("id", "path", "depth", "numchild", "title", "slug", "url_path", "live", "locale_id")
_OF_COLLECTION: Final = ("id", "path", "depth", "numchild", "name")


def read_rights(user: User) -> set[str]:
    """The rights of a person's groups as Django names them (``app.codename``), in one statement.

    Those on pages and on collections are read with them and kept with the account. Superusers have all of them and need
    none read: they are not asked about here.
    """
    rights: set[str] = set()
    on_pages: list[GroupPagePermission] = []
    on_collections: list[GroupCollectionPermission] = []
    for group in _groups(user):
        rights.update(group.rights)
        on_pages += [
            GroupPagePermission(id=row["id"], group_id=group.pk, page=_place(Page, row), permission=_permission(row))
            for row in group.on_pages
        ]
        on_collections += [
            GroupCollectionPermission(
                id=row["id"], group_id=group.pk, collection=_place(Collection, row), permission=_permission(row)
            )
            for row in group.on_collections
        ]
    setattr(user, PagePermissionPolicy.permission_cache_name, on_pages)
    setattr(user, CollectionPermissionPolicy.permission_cache_name, on_collections)
    return rights


def _groups(user: User) -> Any:
    named = Concat("content_type__app_label", Value("."), "codename", output_field=CharField())
    rights = Permission.objects.filter(group=OuterRef("pk")).order_by().values(named=named)
    return Group.objects.filter(user=user).annotate(
        rights=ArraySubquery(rights),
        on_pages=_given(GroupPagePermission, "page", _OF_PAGE),
        on_collections=_given(GroupCollectionPermission, "collection", _OF_COLLECTION),
    )


def _given(model: type[Model], place: str, fields: Sequence[str]) -> ArraySubquery:
    rows = model._default_manager.filter(group=OuterRef("pk")).order_by("pk")
    row = JSONObject(
        id=F("pk"),
        place=JSONObject(**{name: f"{place}__{name}" for name in fields}),
        permission=JSONObject(**{name: f"permission__{name}" for name in _OF_PERMISSION}),
    )
    return ArraySubquery(rows.values(row=row), output_field=ArrayField(JSONField()))


def _place(model: type[_Place], row: Mapping[str, Any]) -> _Place:
    fields = [one.attname for one in model._meta.concrete_fields if one.attname in row["place"]]
    return model.from_db("default", fields, [row["place"][name] for name in fields])


def _permission(row: Mapping[str, Any]) -> Permission:
    return Permission(**row["permission"])
