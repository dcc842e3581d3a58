"""The store as decided at the start: rows, their constraints, and whose they are."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import unitledger.core.documents
import unitledger.core.effects
import unitledger.store.base
import unitledger.store.connections
import unitledger.store.holdings
import unitledger.store.journal
import unitledger.store.records
from django.conf import settings
from django.db import migrations, models

from unitledger.store.ownership import (
    composite_key,
    composite_reference,
    row_security,
    web_role,
)


# Frozen: what later migrations add, they add themselves.
KEYS = (
    ("arrival", "id"),
    ("batch", "id"),
    ("building", "id"),
    ("charge", "id"),
    ("consent", "id"),
    ("document", "id"),
    ("effect", "id"),
    ("import_run", "id"),
    ("invoice", "record_id"),
    ("location", "id"),
    ("organisation", "id"),
    ("payment", "record_id"),
    ("payment_method", "id"),
    ("run", "id"),
    ("source_record", "id"),
    ("unit", "id"),
    ("xero_app", "id"),
)
REFERENCES = (
    ("tenant", "record_id", "source_record", "id", "NO ACTION"),
    ("invoice", "record_id", "source_record", "id", "NO ACTION"),
    ("invoice", "tenant_record_id", "source_record", "id", "NO ACTION"),
    ("invoice", "location_id", "location", "id", "NO ACTION"),
    ("invoice", "building_id", "building", "id", "NO ACTION"),
    ("invoice", "unit_id", "unit", "id", "NO ACTION"),
    ("invoice_line", "invoice_id", "invoice", "record_id", "CASCADE"),
    ("invoice_line", "charge_id", "charge", "id", "NO ACTION"),
    ("payment", "record_id", "source_record", "id", "NO ACTION"),
    ("payment", "tenant_record_id", "source_record", "id", "NO ACTION"),
    ("payment", "location_id", "location", "id", "NO ACTION"),
    ("payment", "method_id", "payment_method", "id", "NO ACTION"),
    ("allocation", "payment_id", "payment", "record_id", "CASCADE"),
    ("allocation", "invoice_record_id", "source_record", "id", "NO ACTION"),
    ("consent", "app_id", "xero_app", "id", "NO ACTION"),
    ("consent_request", "app_id", "xero_app", "id", "NO ACTION"),
    ("connection", "organisation_id", "organisation", "id", "NO ACTION"),
    ("connection", "consent_id", "consent", "id", "NO ACTION"),
    ("location_route", "location_id", "location", "id", "NO ACTION"),
    ("location_route", "organisation_id", "organisation", "id", "NO ACTION"),
    ("mapping_version", "organisation_id", "organisation", "id", "NO ACTION"),
    ("call_budget", "organisation_id", "organisation", "id", "NO ACTION"),
    ("xero_object", "organisation_id", "organisation", "id", "NO ACTION"),
    ("xero_object", "document_id", "document", "id", "NO ACTION"),
    ("finding", "organisation_id", "organisation", "id", "NO ACTION"),
    ("finding", "document_id", "document", "id", "NO ACTION"),
    ("document", "organisation_id", "organisation", "id", "NO ACTION"),
    ("document", "record_id", "source_record", "id", "NO ACTION"),
    ("document", "parent_id", "document", "id", "NO ACTION"),
    ("document", "location_id", "location", "id", "NO ACTION"),
    ("document", "building_id", "building", "id", "NO ACTION"),
    ("document", "tenant_record_id", "source_record", "id", "NO ACTION"),
    ("run", "organisation_id", "organisation", "id", "NO ACTION"),
    ("batch", "organisation_id", "organisation", "id", "NO ACTION"),
    ("batch", "run_id", "run", "id", "NO ACTION"),
    ("effect", "organisation_id", "organisation", "id", "NO ACTION"),
    ("effect", "document_id", "document", "id", "NO ACTION"),
    ("effect", "batch_id", "batch", "id", "NO ACTION"),
    ("effect_dependency", "effect_id", "effect", "id", "CASCADE"),
    ("effect_dependency", "needs_id", "effect", "id", "NO ACTION"),
    ("building", "location_id", "location", "id", "NO ACTION"),
    ("unit", "location_id", "location", "id", "NO ACTION"),
    ("unit", "building_id", "building", "id", "NO ACTION"),
    ("arrival", "import_run_id", "import_run", "id", "NO ACTION"),
    ("record_identifier", "record_id", "source_record", "id", "NO ACTION"),
    ("source_alias", "record_id", "source_record", "id", "NO ACTION"),
    ("record_version", "record_id", "source_record", "id", "NO ACTION"),
    ("record_version", "arrival_id", "arrival", "id", "NO ACTION"),
)
SHOWN_TO_WEB = (
    "allocation",
    "arrival",
    "batch",
    "building",
    "call_budget",
    "charge",
    "connection",
    "document",
    "effect",
    "effect_dependency",
    "finding",
    "import_run",
    "invoice",
    "invoice_line",
    "location",
    "location_route",
    "mapping_version",
    "membership",
    "organisation",
    "payment",
    "payment_method",
    "record_identifier",
    "record_version",
    "run",
    "source_alias",
    "source_record",
    "tenant",
    "unit",
    "xero_object",
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Building',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
            ],
            options={
                'db_table': 'building',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('xero_id', models.TextField()),
                ('name', models.TextField()),
                ('chart', models.JSONField(null=True)),
                ('chart_read_at', models.DateTimeField(null=True)),
                ('contacts_swept_at', models.DateTimeField(null=True)),
                ('invoices_swept_at', models.DateTimeField(null=True)),
                ('payments_swept_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'organisation',
            },
        ),
        migrations.CreateModel(
            name='SourceRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('kind', models.TextField()),
                ('version', models.IntegerField(default=1)),
                ('content_hash', models.BinaryField()),
                ('is_void', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'source_record',
            },
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
                ('zone', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'location',
            },
        ),
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
                ('handle_key', models.TextField(unique=True)),
                ('link_base', models.TextField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'operator',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'db_table': 'app_user',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('state', models.TextField(default=unitledger.store.journal.BatchState['SENDING'])),
                ('idempotency_key', models.TextField(unique=True)),
                ('method', models.TextField()),
                ('path', models.TextField()),
                ('body', models.BinaryField()),
                ('effect_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('owner', models.TextField()),
                ('fence', models.BigIntegerField()),
                ('claimed_at', models.DateTimeField()),
                ('deadline_at', models.DateTimeField()),
                ('token_expires_at', models.DateTimeField()),
                ('sends', models.SmallIntegerField(default=1)),
                ('http_status', models.IntegerField(null=True)),
                ('messages', models.JSONField(default=list)),
                ('ended_at', models.DateTimeField(null=True)),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'batch',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('kind', models.TextField()),
                ('part', models.TextField(default='')),
                ('state', models.TextField(default=unitledger.core.documents.DocumentState['NEW'])),
                ('problems', models.JSONField(default=list)),
                ('wanted_version', models.IntegerField()),
                ('planned_version', models.IntegerField(default=0)),
                ('applied_version', models.IntegerField(default=0)),
                ('mapping_version', models.IntegerField(null=True)),
                ('is_wanted', models.BooleanField(default=True)),
                ('incarnation', models.IntegerField(default=1)),
                ('handle', models.TextField(null=True)),
                ('link_token', models.TextField(null=True)),
                ('xero_id', models.TextField(null=True)),
                ('applied_content', models.JSONField(null=True)),
                ('last_attempt_at', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('number', models.TextField(default='')),
                ('dated_on', models.DateField(null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('currency', models.CharField(max_length=3, null=True)),
                ('unit_number', models.TextField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('building', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.building')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('parent', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
                ('record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
                ('tenant_record', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
                ('location', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'document',
            },
        ),
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('state', models.TextField(default=unitledger.core.effects.EffectState['WAITING'])),
                ('brake', models.TextField(default='free')),
                ('priority', models.SmallIntegerField(default=0)),
                ('source_version', models.IntegerField()),
                ('mapping_version', models.IntegerField(null=True)),
                ('incarnation', models.IntegerField(default=1)),
                ('handle', models.TextField()),
                ('payload', models.TextField()),
                ('content', models.JSONField(null=True)),
                ('total', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('target_id', models.TextField(null=True)),
                ('batch_size', models.SmallIntegerField(default=1)),
                ('batch_max', models.SmallIntegerField(default=50)),
                ('absences', models.SmallIntegerField(default=0)),
                ('unknowns', models.SmallIntegerField(default=0)),
                ('last_verdict', models.TextField(null=True)),
                ('safe_after', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(null=True)),
                ('look_at', models.DateTimeField(null=True)),
                ('messages', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(null=True)),
                ('batch', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.batch')),
                ('document', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'effect',
            },
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('singleton', models.BooleanField(default=True, primary_key=True, serialize=False)),
                ('mark', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'installation',
                'constraints': [models.CheckConstraint(condition=models.Q(('singleton', True)), name='installation_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(class)s', serialize=False, to='store.sourcerecord')),
                ('number', models.TextField()),
                ('issued_on', models.DateField()),
                ('due_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('prices_include_tax', models.BooleanField()),
                ('total', models.DecimalField(decimal_places=2, max_digits=16)),
            ],
            options={
                'db_table': 'invoice',
            },
        ),
        migrations.AddField(
            model_name='building',
            name='location',
            field=unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location'),
        ),
        migrations.AddField(
            model_name='sourcerecord',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.TextField()),
                ('locations', models.ManyToManyField(blank=True, related_name='+', to='store.location')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'membership',
            },
        ),
        migrations.CreateModel(
            name='MappingVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField()),
                ('content', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'mapping_version',
            },
        ),
        migrations.CreateModel(
            name='LocationRoute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from_on', models.DateField()),
                ('location', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'location_route',
            },
        ),
        migrations.AddField(
            model_name='location',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('file_name', models.TextField()),
                ('file_hash', models.BinaryField()),
                ('profile', models.JSONField()),
                ('profile_hash', models.BinaryField()),
                ('state', models.TextField(default=unitledger.store.records.ImportState['RUNNING'])),
                ('rows_done', models.BigIntegerField(default=0)),
                ('records_created', models.BigIntegerField(default=0)),
                ('records_changed', models.BigIntegerField(default=0)),
                ('records_unchanged', models.BigIntegerField(default=0)),
                ('rows_refused', models.BigIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'import_run',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.TextField()),
                ('subject', models.TextField()),
                ('xero_id', models.TextField(null=True)),
                ('state', models.TextField(default=unitledger.store.holdings.FindingState['OPEN'])),
                ('evidence', models.JSONField()),
                ('first_seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_seen_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('document', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'finding',
            },
        ),
        migrations.CreateModel(
            name='EffectDependency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.effect')),
                ('needs', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.effect')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'effect_dependency',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.TextField(default=unitledger.store.connections.ConsentState['GRANTED'])),
                ('access_token_sealed', models.BinaryField()),
                ('refresh_token_sealed', models.BinaryField()),
                ('access_expires_at', models.DateTimeField()),
                ('refreshed_at', models.DateTimeField()),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('granted_at', models.DateTimeField()),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'consent',
            },
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('xero_connection_id', models.TextField()),
                ('state', models.TextField(default=unitledger.store.connections.ConnectionState['ACTIVE'])),
                ('reason', models.TextField(null=True)),
                ('start_on', models.DateField()),
                ('connected_at', models.DateTimeField()),
                ('last_success_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('lease_owner', models.TextField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('fence', models.BigIntegerField(default=0)),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
                ('consent', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.consent')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'connection',
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('charge_type', models.TextField()),
                ('code', models.TextField(null=True)),
                ('name', models.TextField()),
                ('first_seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'charge',
            },
        ),
        migrations.AddField(
            model_name='building',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_number', models.BigIntegerField(null=True)),
                ('raw', models.JSONField()),
                ('refusals', models.JSONField(null=True)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('import_run', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.importrun')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'arrival',
            },
        ),
        migrations.CreateModel(
            name='PaymentMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('first_seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'payment_method',
            },
        ),
        migrations.CreateModel(
            name='RecordIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField()),
                ('kind', models.TextField()),
                ('identifier_type', models.TextField()),
                ('value', models.TextField()),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
            ],
            options={
                'db_table': 'record_identifier',
            },
        ),
        migrations.CreateModel(
            name='RecordVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField()),
                ('content', models.JSONField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('arrival', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.arrival')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
            ],
            options={
                'db_table': 'record_version',
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('trigger', models.TextField()),
                ('state', models.TextField(default=unitledger.store.journal.RunState['RUNNING'])),
                ('phase', models.TextField(default='starting')),
                ('fence', models.BigIntegerField()),
                ('owner', models.TextField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('effects_planned', models.IntegerField(default=0)),
                ('effects_applied', models.IntegerField(default=0)),
                ('effects_refused', models.IntegerField(default=0)),
                ('effects_unknown', models.IntegerField(default=0)),
                ('calls_used', models.IntegerField(default=0)),
                ('message', models.TextField(default='')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
            ],
            options={
                'db_table': 'run',
            },
        ),
        migrations.AddField(
            model_name='batch',
            name='run',
            field=unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.run'),
        ),
        migrations.CreateModel(
            name='SourceAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_source', models.TextField()),
                ('kind', models.TextField()),
                ('old_identifier_type', models.TextField()),
                ('old_value', models.TextField()),
                ('stated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
            ],
            options={
                'db_table': 'source_alias',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('number', models.TextField()),
                ('unit_type', models.TextField(null=True)),
                ('building', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.building')),
                ('location', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'unit',
            },
        ),
        migrations.CreateModel(
            name='XeroApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.TextField()),
                ('client_secret_sealed', models.BinaryField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'xero_app',
            },
        ),
        migrations.CreateModel(
            name='ConsentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_token', models.TextField(unique=True)),
                ('redirect_uri', models.TextField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('app', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.xeroapp')),
            ],
            options={
                'db_table': 'consent_request',
            },
        ),
        migrations.AddField(
            model_name='consent',
            name='app',
            field=unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.xeroapp'),
        ),
        migrations.CreateModel(
            name='XeroObject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('xero_id', models.TextField()),
                ('status', models.TextField()),
                ('number', models.TextField(null=True)),
                ('name', models.TextField(null=True)),
                ('reference', models.TextField(null=True)),
                ('token', models.TextField(null=True)),
                ('url', models.TextField(null=True)),
                ('contact_id', models.TextField(null=True)),
                ('invoice_id', models.TextField(null=True)),
                ('account_id', models.TextField(null=True)),
                ('dated_on', models.DateField(null=True)),
                ('currency', models.TextField(null=True)),
                ('total', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('amount_due', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('amount_paid', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('is_receivable', models.BooleanField(default=True)),
                ('is_reconciled', models.BooleanField(default=False)),
                ('merged_to', models.TextField(null=True)),
                ('updated_at_xero', models.DateTimeField(null=True)),
                ('written_at_xero', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField()),
                ('document', unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('organisation', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation')),
            ],
            options={
                'db_table': 'xero_object',
            },
        ),
        migrations.CreateModel(
            name='CallBudget',
            fields=[
                ('organisation', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='budget', serialize=False, to='store.organisation')),
                ('recent_calls', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, size=None)),
                ('minute_limit', models.IntegerField(default=60)),
                ('day_remaining', models.IntegerField(null=True)),
                ('day_said_at', models.DateTimeField(null=True)),
                ('blocked_until_at', models.DateTimeField(null=True)),
                ('blocked_by', models.TextField(null=True)),
                ('calls_total', models.BigIntegerField(default=0)),
                ('bytes_total', models.BigIntegerField(default=0)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'call_budget',
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField()),
                ('description', models.TextField()),
                ('quantity', models.DecimalField(decimal_places=4, max_digits=16)),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=16)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('tax_percent', models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ('tax_amount', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('period_start_on', models.DateField(null=True)),
                ('period_end_on', models.DateField(null=True)),
                ('charge', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.charge')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('invoice', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.invoice')),
            ],
            options={
                'db_table': 'invoice_line',
            },
        ),
        migrations.AddField(
            model_name='invoice',
            name='building',
            field=unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.building'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='location',
            field=unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='tenant_record',
            field=unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='unit',
            field=unitledger.store.base.Owned(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.unit'),
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(class)s', serialize=False, to='store.sourcerecord')),
                ('number', models.TextField(null=True)),
                ('paid_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('location', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.location')),
                ('method', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.paymentmethod')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('tenant_record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
            ],
            options={
                'db_table': 'payment',
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('invoice_record', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('payment', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.payment')),
            ],
            options={
                'db_table': 'allocation',
            },
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='%(class)s', serialize=False, to='store.sourcerecord')),
                ('number', models.TextField()),
                ('name', models.TextField()),
                ('email', models.TextField(null=True)),
                ('phone', models.TextField(null=True)),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'tenant',
            },
        ),
        migrations.AddConstraint(
            model_name='sourcerecord',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['tenant', 'invoice', 'payment'])), name='source_record_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='sourcerecord',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='source_record_version_counts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(fields=('operator', 'xero_id'), name='organisation_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('operator', 'user'), name='membership_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['administrator', 'bookkeeper', 'viewer'])), name='membership_role_known'),
        ),
        migrations.AddConstraint(
            model_name='mappingversion',
            constraint=models.UniqueConstraint(fields=('organisation', 'version'), name='mapping_version_once'),
        ),
        migrations.AddConstraint(
            model_name='locationroute',
            constraint=models.UniqueConstraint(fields=('location', 'valid_from_on'), name='location_route_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='location',
            constraint=models.UniqueConstraint(fields=('operator', 'name'), name='location_name_once'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'finished', 'stopped'])), name='import_run_state_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('organisation', 'rule', 'subject'), name='finding_one_open_a_subject'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'healed', 'accepted'])), name='finding_state_known'),
        ),
        migrations.AddConstraint(
            model_name='effectdependency',
            constraint=models.UniqueConstraint(fields=('effect', 'needs'), name='effect_dependency_once'),
        ),
        migrations.AddIndex(
            model_name='effect',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['organisation', 'kind', '-priority', 'id'], name='effect_waiting'),
        ),
        migrations.AddIndex(
            model_name='effect',
            index=models.Index(condition=models.Q(('state__in', ['in_flight', 'unknown'])), fields=['organisation', 'kind'], name='effect_open'),
        ),
        migrations.AddIndex(
            model_name='effect',
            index=models.Index(fields=['document', 'id'], name='effect_document'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['in_flight', 'unknown'])), fields=('document',), name='effect_one_open_a_document'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('document', 'kind'), name='effect_one_waiting_a_document_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['create_contact', 'update_contact', 'create_invoice', 'update_invoice', 'void_invoice', 'create_payment', 'delete_payment'])), name='effect_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'in_flight', 'unknown', 'applied', 'refused', 'needs_attention', 'superseded'])), name='effect_state_known'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.CheckConstraint(condition=models.Q(('brake__in', ['free', 'held', 'approved'])), name='effect_brake_known'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'unknown'), _negated=True), ('look_at__isnull', False), _connector='OR'), name='effect_unknown_has_a_look_ahead'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('planned_version', models.F('wanted_version')), _negated=True), fields=['operator', 'id'], name='document_to_plan'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['record'], name='document_record'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['parent'], name='document_parent'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['operator', 'link_token'], name='document_link'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('verified_at__isnull', True), ('xero_id__isnull', False)), fields=['organisation', 'kind'], name='document_to_verify'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['operator', 'kind', 'state', 'dated_on', 'id'], name='document_report'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('operator', 'organisation', 'kind', 'record', 'part'), name='document_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('xero_id__isnull', False)), fields=('organisation', 'kind', 'xero_id'), name='document_one_an_object'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['contact', 'invoice', 'payment'])), name='document_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'queued', 'waiting', 'changed', 'synced', 'failed', 'needs_attention', 'drifted', 'skipped', 'out_of_scope'])), name='document_state_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_wanted', True), ('state', 'synced'), _negated=True), models.Q(('applied_version', models.F('wanted_version')), ('xero_id__isnull', False)), _connector='OR'), name='document_synced_is_in_the_books'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'held', 'paused', 'lost', 'disconnected'])), name='connection_state_known'),
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['active', 'held', 'paused'])), fields=('organisation',), name='connection_one_writer_an_organisation'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(fields=('operator', 'charge_type', 'code'), name='charge_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('charge_type__in', ['rent', 'insurance', 'merchandise', 'fee', 'service', 'late_fee', 'reservation_fee', 'deposit', 'discount', 'other'])), name='charge_type_known'),
        ),
        migrations.AddConstraint(
            model_name='building',
            constraint=models.UniqueConstraint(fields=('operator', 'location', 'name'), name='building_name_once'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('import_run', 'row_number'), name='arrival_row_once'),
        ),
        migrations.AddConstraint(
            model_name='paymentmethod',
            constraint=models.UniqueConstraint(fields=('operator', 'name'), name='payment_method_once'),
        ),
        migrations.AddIndex(
            model_name='recordidentifier',
            index=models.Index(fields=['record'], name='record_identifier_record'),
        ),
        migrations.AddConstraint(
            model_name='recordidentifier',
            constraint=models.UniqueConstraint(fields=('operator', 'source', 'kind', 'identifier_type', 'value'), name='record_identifier_once'),
        ),
        migrations.AddConstraint(
            model_name='recordversion',
            constraint=models.UniqueConstraint(fields=('record', 'version'), name='record_version_once'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('organisation',), name='run_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'finished', 'interrupted', 'out_of_quota', 'failed'])), name='run_state_known'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['organisation'], name='batch_sending'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['create_contact', 'update_contact', 'create_invoice', 'update_invoice', 'void_invoice', 'create_payment', 'delete_payment'])), name='batch_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sending', 'answered', 'unanswered'])), name='batch_state_known'),
        ),
        migrations.AddConstraint(
            model_name='sourcealias',
            constraint=models.UniqueConstraint(fields=('operator', 'old_source', 'kind', 'old_identifier_type', 'old_value'), name='source_alias_once'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('operator', 'location', 'building', 'number'), name='unit_number_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='xeroapp',
            constraint=models.UniqueConstraint(fields=('operator', 'client_id'), name='xero_app_once'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['granted', 'lost'])), name='consent_state_known'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(fields=['organisation', 'kind', 'number'], name='xero_object_number'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(fields=['organisation', 'token'], name='xero_object_token'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(fields=['organisation', 'invoice_id'], name='xero_object_invoice'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(models.F('organisation'), models.Func(models.F('name'), function='lower'), condition=models.Q(('kind', 'contact')), name='xero_object_contact_name'),
        ),
        migrations.AddConstraint(
            model_name='xeroobject',
            constraint=models.UniqueConstraint(fields=('organisation', 'kind', 'xero_id'), name='xero_object_once'),
        ),
        migrations.AddConstraint(
            model_name='xeroobject',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['contact', 'invoice', 'payment'])), name='xero_object_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.UniqueConstraint(fields=('payment', 'invoice_record'), name='allocation_once'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='allocation_is_positive'),
        ),
        migrations.RunSQL([composite_key(table, key) for table, key in KEYS]),
        migrations.RunSQL(
            [
                composite_reference(table, column, target, target_key=key, on_delete=on_delete)
                for table, column, target, key, on_delete in REFERENCES
            ]
        ),
        migrations.RunSQL(web_role()),
        migrations.RunSQL(row_security(SHOWN_TO_WEB)),
    ]
