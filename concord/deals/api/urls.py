"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.deals.api import leads, protection, states, story
from concord.deals.api.brief import BriefView
from concord.deals.api.checks import ConflictCheckView
from concord.deals.api.deals import DealCollectionView, DealView
from concord.deals.api.evidence import EvidenceFileView, EvidenceView
from concord.deals.api.handover import HandoverView
from concord.deals.api.history import HistoryView

urlpatterns: list[URLPattern | URLResolver] = [
    path("conflict-checks/", ConflictCheckView.as_view(), name="conflict-checks"),
    path("deals/", DealCollectionView.as_view(), name="deals"),
    path("deals/<uuid:deal_uuid>/", DealView.as_view(), name="deal"),
    path("deals/<uuid:deal_uuid>/history/", HistoryView.as_view(), name="deal-history"),
    path("deals/<uuid:deal_uuid>/evidence/", EvidenceView.as_view(), name="deal-evidence"),
    path(
        "deals/<uuid:deal_uuid>/evidence/<uuid:evidence_uuid>/", EvidenceFileView.as_view(), name="deal-evidence-file"
    ),
    path("deals/<uuid:deal_uuid>/activities/", story.ActivitiesView.as_view(), name="deal-activities"),
    path("deals/<uuid:deal_uuid>/contacts/", story.ContactsView.as_view(), name="deal-contacts"),
    path("deals/<uuid:deal_uuid>/promises/", story.PromisesView.as_view(), name="deal-promises"),
    path("deals/<uuid:deal_uuid>/submit/", states.SubmitView.as_view(), name="deal-submit"),
    path("deals/<uuid:deal_uuid>/approve/", states.ApproveView.as_view(), name="deal-approve"),
    path("deals/<uuid:deal_uuid>/reject/", states.RejectView.as_view(), name="deal-reject"),
    path("deals/<uuid:deal_uuid>/return/", states.ReturnView.as_view(), name="deal-return"),
    path("deals/<uuid:deal_uuid>/duplicate/", states.DuplicateView.as_view(), name="deal-duplicate"),
    path("deals/<uuid:deal_uuid>/withdraw/", states.WithdrawView.as_view(), name="deal-withdraw"),
    path("deals/<uuid:deal_uuid>/stage/", states.StageView.as_view(), name="deal-stage"),
    path("deals/<uuid:deal_uuid>/win/", states.WinView.as_view(), name="deal-win"),
    path("deals/<uuid:deal_uuid>/brief/", BriefView.as_view(), name="deal-brief"),
    path("deals/<uuid:deal_uuid>/handover/", HandoverView.as_view(), name="deal-handover"),
    path("deals/<uuid:deal_uuid>/protection/", protection.ProtectionView.as_view(), name="deal-protection"),
    path("deals/<uuid:deal_uuid>/extend/", protection.ExtendView.as_view(), name="deal-extend"),
    path("deals/<uuid:deal_uuid>/extend/grant/", protection.GrantExtensionView.as_view(), name="deal-extend-grant"),
    path("deals/<uuid:deal_uuid>/extend/refuse/", protection.RefuseExtensionView.as_view(), name="deal-extend-refuse"),
    path("deals/<uuid:deal_uuid>/hold/", protection.HoldView.as_view(), name="deal-hold"),
    path("deals/<uuid:deal_uuid>/hold/grant/", protection.GrantHoldView.as_view(), name="deal-hold-grant"),
    path("deals/<uuid:deal_uuid>/hold/end/", protection.EndHoldView.as_view(), name="deal-hold-end"),
    path("deals/<uuid:deal_uuid>/hold/refuse/", protection.RefuseHoldView.as_view(), name="deal-hold-refuse"),
    path("deals/<uuid:deal_uuid>/appeal/", protection.AppealView.as_view(), name="deal-appeal"),
    path("deals/<uuid:deal_uuid>/appeal/uphold/", protection.UpholdView.as_view(), name="deal-appeal-uphold"),
    path("deals/<uuid:deal_uuid>/appeal/overturn/", protection.OverturnView.as_view(), name="deal-appeal-overturn"),
    path("deals/<uuid:deal_uuid>/customers-choice/", protection.CustomersChoiceView.as_view(), name="deal-choice"),
    path("deals/<uuid:deal_uuid>/lose/", states.LoseView.as_view(), name="deal-lose"),
    path("leads/", leads.LeadCollectionView.as_view(), name="leads"),
    path("leads/<uuid:lead_uuid>/", leads.LeadView.as_view(), name="lead"),
    path("leads/<uuid:lead_uuid>/claim/", leads.ClaimView.as_view(), name="lead-claim"),
    path("leads/<uuid:lead_uuid>/accept/", leads.AcceptView.as_view(), name="lead-accept"),
    path("leads/<uuid:lead_uuid>/decline/", leads.DeclineView.as_view(), name="lead-decline"),
    path("leads/<uuid:lead_uuid>/release/", leads.ReleaseView.as_view(), name="lead-release"),
    path("leads/<uuid:lead_uuid>/contacts/", leads.ContactView.as_view(), name="lead-contact"),
    path("leads/<uuid:lead_uuid>/convert/", leads.ConvertView.as_view(), name="lead-convert"),
]
