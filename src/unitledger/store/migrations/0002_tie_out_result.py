import django.db.models.deletion
from django.db import migrations, models

import unitledger.store.base
from unitledger.store.ownership import composite_reference, row_security


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TieOutResult",
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
                ("on", models.DateField()),
                ("read_at", models.DateTimeField()),
                ("ties", models.BooleanField()),
                ("differences_count", models.IntegerField()),
                ("calls", models.IntegerField()),
                ("content", models.JSONField()),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.operator",
                    ),
                ),
                (
                    "organisation",
                    unitledger.store.base.Owned(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "tie_out_result",
                "indexes": [
                    models.Index(fields=["organisation", "-read_at"], name="tie_out_result_newest")
                ],
            },
        ),
        migrations.RunSQL(composite_reference("tie_out_result", "organisation_id", "organisation")),
        migrations.RunSQL(row_security(["tie_out_result"])),
    ]
