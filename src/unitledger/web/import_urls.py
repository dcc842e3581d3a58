"""The addresses of imports: files on their way in, and profiles."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import import_columns, import_profiles, import_steps, imports

ONE = "import/<uuid:public_id>"

urlpatterns = [
    path("import", imports.imports, name="imports"),
    path("import/upload", imports.upload, name="import-upload"),
    path("import/profiles", import_profiles.profiles, name="import-profiles"),
    path(
        "import/profiles/<uuid:public_id>.toml",
        import_profiles.download,
        name="import-profile-download",
    ),
    path(
        "import/profiles/<uuid:public_id>/remove",
        import_profiles.remove,
        name="import-profile-remove",
    ),
    path(ONE, import_steps.one, name="import"),
    path(f"{ONE}/columns", import_columns.columns, name="import-columns"),
    path(f"{ONE}/profile", import_columns.as_text, name="import-as-text"),
    path(f"{ONE}/use-profile", import_columns.use_profile, name="import-use-profile"),
    path(f"{ONE}/take", imports.take, name="import-take"),
    path(f"{ONE}/stop", imports.stop, name="import-stop"),
    path(f"{ONE}/back", imports.back, name="import-back"),
    path(f"{ONE}/remove", imports.drop, name="import-drop"),
    path(f"{ONE}/correction", imports.correction, name="import-correction"),
]
