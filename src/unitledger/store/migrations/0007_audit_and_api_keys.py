import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import unitledger.store.base
from django.conf import settings
from django.db import migrations, models

from unitledger.store.ownership import append_only, hidden_security, row_security


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_document_notes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
                ('prefix', models.TextField(unique=True)),
                ('secret_hash', models.BinaryField()),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('is_test', models.BooleanField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'api_key',
                'indexes': [models.Index(fields=['operator', 'id'], name='api_key_newest')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor_kind', models.TextField()),
                ('actor_name', models.TextField()),
                ('actor_id', models.UUIDField(null=True)),
                ('address', models.TextField(null=True)),
                ('act', models.TextField()),
                ('subject_kind', models.TextField()),
                ('subject_id', models.TextField()),
                ('subject_name', models.TextField()),
                ('before', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('after', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('operator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'audit_entry',
                'indexes': [models.Index(fields=['operator', 'id'], name='audit_entry_newest'), models.Index(fields=['operator', 'subject_kind', 'subject_id'], name='audit_entry_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(('actor_kind__in', ['person', 'api_key', 'system'])), name='audit_entry_actor_kind_known'), models.CheckConstraint(condition=models.Q(('act__regex', '^[a-z][a-z0-9_]{2,60}$')), name='audit_entry_act_is_a_word')],
            },
        ),
        migrations.RunSQL(row_security(["api_key", "audit_entry"])),
        migrations.RunSQL(hidden_security(["consent", "consent_request", "xero_app"])),
        migrations.RunSQL(append_only("audit_entry")),
    ]
