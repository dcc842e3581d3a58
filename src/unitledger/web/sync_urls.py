"""The addresses of syncing: runs, steering them, looking ahead, undoing."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import dry_run, first_push, preview, runs, steering, undo

urlpatterns = [
    path("books/runs", runs.runs, name="runs"),
    path("books/runs/<uuid:public_id>", runs.run, name="run"),
    path("books/runs/<uuid:public_id>/undo", undo.plan, name="run-undo"),
    path("books/undo/<uuid:public_id>", undo.undo, name="undo"),
    path("books/undo/<uuid:public_id>/approve", undo.approve, name="undo-approve"),
    path("books/undo/<uuid:public_id>/decline", undo.decline, name="undo-decline"),
    path("books/dry-run", dry_run.dry_run, name="dry-run"),
    path("books/dry-run/ask", dry_run.ask, name="dry-run-ask"),
    path("books/first-push", first_push.first_push, name="first-push"),
    path("books/first-push/send", first_push.send, name="first-push-send"),
    path("records/<uuid:public_id>/preview", preview.record_preview, name="record-preview"),
    path("books/sync/now", steering.sync_now, name="sync-now"),
    path("books/sync/pause", steering.pause, name="sync-pause"),
    path("books/sync/resume", steering.resume, name="sync-resume"),
    path("books/sync/go-ahead", steering.go_ahead, name="sync-go-ahead"),
    path("books/sync/schedule", steering.schedule, name="sync-schedule"),
    path("books/sync/approve", steering.approve, name="sync-approve"),
    path("books/sync/decline", steering.decline, name="sync-decline"),
]
