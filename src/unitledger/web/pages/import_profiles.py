"""Records > Import > Profiles: how files are read, saved for the next one of their kind."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unitledger import wiring
from unitledger.core.refusals import SourceRefused
from unitledger.engine.uploading import profiles as saving
from unitledger.store.uploads import ImportProfile
from unitledger.web.frame import framed, now
from unitledger.web.members import Member
from unitledger.web.pages.imports import for_importers
from unitledger.web.scope import operator_scope


@require_http_methods(["GET", "POST"])
@never_cache
@for_importers
def profiles(request: HttpRequest, member: Member) -> HttpResponse:
    """The saved profiles; a text pasted here becomes one, by the name it gives itself."""
    error, text, status = "", "", 200
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        try:
            name = wiring.check_import_profile(text, name="here")
            saved = saving.save_profile(
                member.operator_id, name=name, text=text, by=member.actor, now=now()
            )
        except SourceRefused as refused:
            error, status = f"{refused.message} {refused.remedy}", 422
        else:
            messages.info(request, f"{saved.name} is saved.")
            return redirect("import-profiles")
    with operator_scope(member.operator_id):
        found = list(ImportProfile.objects.order_by("name"))
    context = {"profiles": found, "error": error, "text": text}
    return framed(request, member, "web/imports/profiles.html", context, status=status)


@require_GET
@never_cache
@for_importers
def download(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """The profile as the file that `unitledger import --profile` takes."""
    answer = HttpResponse(
        _profile(member, public_id).text, content_type="text/plain; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="import-profile.toml"'
    return answer


@require_POST
@for_importers
def remove(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    profile = _profile(member, public_id)
    saving.remove_profile(profile, by=member.actor)
    messages.info(request, f"{profile.name} was removed. Files read with it keep their copy.")
    return redirect("import-profiles")


def _profile(member: Member, public_id: uuid.UUID) -> ImportProfile:
    with operator_scope(member.operator_id):
        found = ImportProfile.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404("There is no such profile.")
    return found
