"""Records > Import > Columns: which column is which, with a guess to begin with."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from unitledger import wiring
from unitledger.core.file_mapping import FileMapping
from unitledger.core.file_sample import Sample
from unitledger.core.refusals import SourceRefused
from unitledger.engine.uploading import asking, keeping, profiles
from unitledger.engine.uploading.knowing import known
from unitledger.store.uploads import ImportProfile, Upload, UploadState
from unitledger.web import import_forms
from unitledger.web.frame import framed, now
from unitledger.web.import_forms import ColumnsForm, read_form
from unitledger.web.members import Member
from unitledger.web.pages.imports import (
    STATES,
    for_importers,
    profiles_fitting,
    read_as,
    upload_of,
)
from unitledger.web.scope import operator_scope

TOML_MAX = profiles.TEXT_MAX
ROWS_SHOWN = 3


@require_POST
@for_importers
def columns(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """Look again with other settings, or have the file checked so."""
    found = upload_of(member, public_id)
    try:
        sample = _sample(
            found,
            sheet=request.POST.get("sheet", ""),
            delimiter=_delimiter(request.POST.get("delimiter", "")),
        )
    except SourceRefused as refused:
        return columns_page(request, member, found, error=f"{refused.message} {refused.remedy}")
    guess = wiring.guess_mapping(sample, known(member.operator_id), name=_stem(found))
    if request.POST.get("act") == "anew":  # another sheet or another delimiter
        return _form_page(request, member, found, ColumnsForm(guess.mapping, sample, guess.how))
    form = read_form(request.POST, sample, guess.mapping)
    if request.POST.get("act") == "look":
        return _form_page(request, member, found, form)
    form.check()
    if form.errors:
        return _form_page(request, member, found, form, status=422)
    return _checked_so(request, member, found, form)


def _checked_so(
    request: HttpRequest, member: Member, found: Upload, form: ColumnsForm
) -> HttpResponse:
    mapping = form.mapping
    try:
        text = wiring.mapping_as_profile(mapping)
        if request.POST.get("keep"):
            profiles.save_profile(
                member.operator_id, name=mapping.name, text=text, by=member.actor, now=now()
            )
        kept = {
            "mapping": mapping.as_content(),
            "read_as": read_as(form.lines()),
            "header": list(form.sample.header),
        }
        _ask(member, found, text, mapping.name, kept)
    except SourceRefused as refused:
        says = f"{refused.message} {refused.remedy}"
        return _form_page(request, member, found, form, error=says, status=422)
    return redirect("import", found.public_id)


@require_POST
@for_importers
def use_profile(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """Read it as a saved profile says."""
    found = upload_of(member, public_id)
    with operator_scope(member.operator_id):
        saved = ImportProfile.objects.filter(public_id=_uuid(request.POST.get("profile"))).first()
    if saved is None:
        raise Http404("There is no such profile.")
    try:
        _ask(member, found, saved.text, saved.name, None)
    except SourceRefused as refused:
        messages.error(request, f"{refused.message} {refused.remedy}")
    return redirect("import", found.public_id)


@require_http_methods(["GET", "POST"])
@never_cache
@for_importers
def as_text(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """The profile as TOML, for what the page of columns cannot say."""
    found = upload_of(member, public_id)
    if found.state not in asking.CHANGEABLE:
        return redirect("import", public_id)
    error, status = "", 200
    text = found.profile or _text_of_guess(member, found)
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")[:TOML_MAX]
        try:
            name = wiring.check_import_profile(text, name="here")
            if request.POST.get("keep"):
                profiles.save_profile(
                    member.operator_id, name=name, text=text, by=member.actor, now=now()
                )
            _ask(member, found, text, name, None)
        except SourceRefused as refused:
            error, status = f"{refused.message} {refused.remedy}", 422
        else:
            return redirect("import", public_id)
    context = {"upload": found, "text": text, "error": error, "look": STATES[UploadState.NEW]}
    return framed(request, member, "web/imports/as_text.html", context, status=status)


def columns_page(
    request: HttpRequest, member: Member, found: Upload, *, error: str = ""
) -> HttpResponse:
    """The guess, or what was chosen before."""
    try:
        before = _mapping_of(found)
        sample = _sample(
            found,
            sheet=before.sheet if before else "",
            delimiter=before.delimiter if before and not found.is_workbook else "",
        )
    except SourceRefused as refused:
        context = {
            "upload": found,
            "look": STATES[UploadState.FAILED],
            "says": error or refused.message,
            "remedy": refused.remedy,
        }
        return framed(request, member, "web/imports/unreadable.html", context)
    guess = wiring.guess_mapping(sample, known(member.operator_id), name=_stem(found))
    form = ColumnsForm(before or guess.mapping, sample, {} if before else guess.how)
    says = error or (f"{found.message} {found.remedy}".strip() if found.message else "")
    return _form_page(
        request, member, found, form, error=says, is_date_open=guess.is_date_open and not before
    )


def _form_page(
    request: HttpRequest,
    member: Member,
    found: Upload,
    form: ColumnsForm,
    *,
    error: str = "",
    status: int = 200,
    is_date_open: bool = False,
) -> HttpResponse:
    sample = form.sample
    context: dict[str, Any] = {
        "upload": found,
        "look": STATES[UploadState(found.state)],
        "form": form,
        "lines": form.lines(),
        "words": form.words(),
        "errors": form.errors,
        "error": error,
        "is_date_open": is_date_open,
        "is_kept": bool(request.POST.get("keep")),
        "rows": sample.rows[:ROWS_SHOWN],
        "is_typed": form.is_typed,
        "fitting": profiles_fitting(member, list(sample.header)),
        "rows_are": import_forms.ROWS_ARE,
        "date_forms": import_forms.DATE_FORMS,
        "delimiters": import_forms.DELIMITERS,
        "decimals": import_forms.DECIMALS,
        "thousands": import_forms.THOUSANDS,
        "charges": {str(each): name for each, name in import_forms.CHARGES.items()},
    }
    return framed(request, member, "web/imports/columns.html", context, status=status)


def _ask(member: Member, found: Upload, text: str, name: str, kept: dict[str, Any] | None) -> None:
    with transaction.atomic():
        asking.ask_check(
            found.pk, profile=text, profile_name=name, mapping=kept, by=member.actor, now=now()
        )


def _sample(found: Upload, *, sheet: str, delimiter: str) -> Sample:
    try:
        with keeping.as_file(found) as path:
            try:
                return wiring.look_at_file(path, sheet=sheet, delimiter=delimiter)
            except SourceRefused as refused:
                message = refused.message.replace(f"{path.parent}/", "")
                raise SourceRefused(message, remedy=refused.remedy) from refused
    except FileNotFoundError:
        gone = f"{found.file_name} is no longer here."
        raise SourceRefused(gone, remedy="Upload it again.") from None


def _mapping_of(found: Upload) -> FileMapping | None:
    kept = (found.mapping or {}).get("mapping")
    return FileMapping.of_content(kept) if kept else None


def _text_of_guess(member: Member, found: Upload) -> str:
    """A profile to begin with; what the guess lacks is left for the person to write."""
    try:
        sample = _sample(found, sheet="", delimiter="")
        guess = wiring.guess_mapping(sample, known(member.operator_id), name=_stem(found))
        return "" if guess.mapping.missing() else wiring.mapping_as_profile(guess.mapping)
    except SourceRefused:
        return ""


def _delimiter(typed: str) -> str:
    return typed if typed in import_forms.DELIMITERS else ""


def _stem(found: Upload) -> str:
    return found.file_name.rpartition(".")[0] or found.file_name


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
