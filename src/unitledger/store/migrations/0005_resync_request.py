import django.contrib.postgres.fields
import django.db.models.deletion
import unitledger.store.base
from django.conf import settings
from django.db import migrations, models

from unitledger.store.ownership import row_security


class Migration(migrations.Migration):

    dependencies = [
        ("store", "0004_document_priority"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResyncRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=unitledger.store.base.new_public_id, editable=False, unique=True
                    ),
                ),
                ("key", models.TextField()),
                ("user_name", models.TextField()),
                ("kind", models.TextField()),
                (
                    "record_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "operator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.operator",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "resync_request"},
        ),
        migrations.AddConstraint(
            model_name="resyncrequest",
            constraint=models.UniqueConstraint(
                fields=("operator", "key"), name="resync_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resyncrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["contact", "invoice", "payment"])),
                name="resync_request_kind_known",
            ),
        ),
        migrations.RunSQL(row_security(["resync_request"])),
    ]
