"""Large feeds: handed in here, carried out in the background, asked for until they are done."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.api.pagination import CursorPages
from concord.portal.imports import kinds_open_to, table_of, words_of
from concord.portal.imports.mapping import write_report
from concord.portal.imports.runs import start_import
from concord.portal.models import ImportRun
from concord.portal.refusals import InvalidInput, NotThere

MAX_JSON_ROWS = 50_000
_OWN_FIELDS = frozenset({"kind", "file", "rows", "dry_run", "accept_good_rows", "options"})


class MayImportSomething(BasePermission):
    """Whoever may import one kind of table at least; which kinds, is asked when a file is handed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether any kind is open to the caller."""
        if not request.user or not request.user.is_authenticated:
            return False
        return bool(kinds_open_to(api_actor(request)))


class ImportRunSerializer(serializers.Serializer[ImportRun]):
    """How far an import is and what it did. ``rejected_rows`` is where the rejected rows are, with their reasons."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=ImportRun.State.choices)
    dry_run = serializers.BooleanField()
    accept_good_rows = serializers.BooleanField()
    options = serializers.SerializerMethodField()
    file_name = serializers.CharField()
    rows = serializers.IntegerField()
    done = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejected_rows = serializers.SerializerMethodField()
    mapping_report = serializers.SerializerMethodField()
    message = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_options(self, run: ImportRun) -> dict[str, Any]:
        """What was chosen with the upload."""
        return {name: value for name, value in run.options.items() if not name.startswith("_")}

    def get_rejected_rows(self, run: ImportRun) -> str | None:
        """The address of the rejected rows as CSV."""
        if not run.rejections:
            return None
        return reverse("api:import-rejections", args=[run.uuid], request=self.context.get("request"))

    def get_mapping_report(self, run: ImportRun) -> str | None:
        """The address of what of the file becomes what, as CSV; ``null`` for kinds that do not say so."""
        if not run.mapping:
            return None
        return reverse("api:import-mapping", args=[run.uuid], request=self.context.get("request"))


class ImportRequestSerializer(serializers.Serializer[Any]):
    """A file (multipart) or rows (JSON), and what to do with them. Options depend on the kind: ``list`` for prices."""

    kind = serializers.CharField()
    file = serializers.FileField(required=False)
    rows = serializers.ListField(child=serializers.DictField(), required=False)
    dry_run = serializers.BooleanField(required=False, default=False)
    accept_good_rows = serializers.BooleanField(required=False, default=False)
    options = serializers.JSONField(required=False, default=dict)


class ImportListView(IdempotentMixin, APIView):
    """``POST /imports/`` hands a table in; ``GET`` lists those handed in, newest first."""

    permission_classes = (MayImportSomething,)
    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(responses=ImportRunSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The imports that the caller may see."""
        pages = CursorPages()
        runs = _runs(api_actor(request)).order_by("-id")
        page = pages.paginate_queryset(runs, request, view=self) or []
        one = ImportRunSerializer(context={"request": request})
        return pages.get_paginated_response([one.to_representation(run) for run in page])

    @extend_schema(request=ImportRequestSerializer, responses={202: ImportRunSerializer})
    def post(self, request: Request) -> Response:
        """Accept a table; it is read, checked and stored in the background, all of it or nothing."""
        asked = ImportRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        run = start_import(
            actor=api_actor(request),
            kind=given["kind"],
            file=_file_of(given),
            file_name=getattr(given.get("file"), "name", "") or f"{given['kind']}.json",
            options=_options_of(given["options"], request),
            dry_run=given["dry_run"],
            accept_good_rows=given["accept_good_rows"],
        )
        location = reverse("api:import-detail", args=[run.uuid], request=request)
        body = ImportRunSerializer(run, context={"request": request}).data
        return Response(body, status=202, headers={"Location": location, "ETag": _tag(run)})


def _file_of(given: dict[str, Any]) -> Any:
    if given.get("file") is not None:
        return given["file"]
    if "rows" not in given:
        raise InvalidInput.at("/file", "required", _("Send a file, or rows."))
    return ContentFile(table_of(given["rows"], limit=MAX_JSON_ROWS))


def _options_of(options: object, request: Request) -> dict[str, Any]:
    """Options as an object, as JSON text in a form, or as further fields beside the file."""
    if isinstance(options, str):
        try:
            options = json.loads(options)
        except ValueError:
            options = None
    if not isinstance(options, dict):
        raise InvalidInput.at("/options", "not_an_object", _("This is not an object."))
    sent = request.data if isinstance(request.data, Mapping) else {}
    beside = {str(name): value for name, value in sent.items() if name not in _OWN_FIELDS}
    return {**beside, **options}


def _tag(run: ImportRun) -> str:
    return etag(f"{run.uuid}:{run.state}:{run.done}", run.created_at)


class ImportView(APIView):
    """``GET /imports/{id}/``: how far it is."""

    permission_classes = (MayImportSomething,)

    @extend_schema(responses=ImportRunSerializer)
    def get(self, request: Request, run_uuid: uuid.UUID) -> Response:
        """One import."""
        run = _run(request, run_uuid)
        return Response(ImportRunSerializer(run, context={"request": request}).data, headers={"ETag": _tag(run)})


class ImportRejectionsView(APIView):
    """``GET /imports/{id}/rejected/``: the rows turned away, with row, column and reason, as CSV."""

    permission_classes = (MayImportSomething,)

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, run_uuid: uuid.UUID) -> FileResponse:
        """The file."""
        run = _run(request, run_uuid)
        if not run.rejections:
            raise NotThere
        return FileResponse(
            run.rejections.open("rb"), as_attachment=True, filename=f"{run.kind}-rejected.csv", content_type="text/csv"
        )


class ImportMappingView(APIView):
    """``GET /imports/{id}/mapping/``: what of the file becomes what, how, and in how many rows, as CSV."""

    permission_classes = (MayImportSomething,)

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, run_uuid: uuid.UUID) -> FileResponse:
        """The report file, in the language of the request."""
        run = _run(request, run_uuid)
        if not run.mapping:
            raise NotThere
        report = io.BytesIO()
        write_report(report, run.mapping, words_of(run.kind))
        report.seek(0)
        return FileResponse(report, as_attachment=True, filename=f"{run.kind}-mapping.csv", content_type="text/csv")


def _runs(actor: Actor) -> QuerySet[ImportRun]:
    """The imports that the actor may see; a system those of kinds that its scopes reach: rejected rows tell the file's.

    People of the vendor read all of them, here as in the desk.
    """
    runs = ImportRun.objects.visible_to(actor)
    return runs.filter(kind__in=kinds_open_to(actor)) if actor.client_id else runs


def _run(request: Request, run_uuid: uuid.UUID) -> ImportRun:
    run = _runs(api_actor(request)).filter(uuid=run_uuid).first()
    if run is None:
        raise NotThere
    return run
