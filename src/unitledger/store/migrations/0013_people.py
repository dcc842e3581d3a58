import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import unitledger.store.base
from django.conf import settings
from django.db import migrations, models

from unitledger.store.ownership import location_security, row_security

# A tenant, and the contact they become, is where their invoices and payments are.
TENANT_HERE = (
    "EXISTS (SELECT FROM invoice i WHERE i.tenant_record_id = {record}) "
    "OR EXISTS (SELECT FROM payment p WHERE p.tenant_record_id = {record})"
)
HERE = "location_id = ANY({locations})"
NARROWED = {
    "location": "id = ANY({locations})",
    "building": HERE,
    "unit": HERE,
    "location_route": HERE,
    "invoice": HERE,
    "payment": HERE,
    "tenant": TENANT_HERE.format(record="tenant.record_id"),
    "document": (
        f"{HERE} OR (kind = 'contact' AND ({TENANT_HERE.format(record='document.record_id')}))"
    ),
}


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0012_paused_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInTries',
            fields=[
                ('subject', models.TextField(primary_key=True, serialize=False)),
                ('tries', models.IntegerField()),
                ('began_at', models.DateTimeField()),
                ('blocked_until_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sign_in_tries',
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='deactivated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='operator',
            name='requires_two_steps',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='user',
            name='theme',
            field=models.TextField(default='auto'),
        ),
        migrations.AddField(
            model_name='user',
            name='totp_confirmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='totp_last_step',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='user',
            name='totp_secret_sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.CreateModel(
            name='PersonSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('address', models.TextField(null=True)),
                ('browser', models.TextField(null=True)),
                ('began_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'person_session',
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.BinaryField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'recovery_code',
            },
        ),
        migrations.CreateModel(
            name='PersonLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('purpose', models.TextField()),
                ('key', models.TextField()),
                ('token_hash', models.BinaryField(unique=True)),
                ('email', models.TextField()),
                ('role', models.TextField(null=True)),
                ('location_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('created_by_name', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'person_link',
                'constraints': [models.UniqueConstraint(fields=('operator', 'key'), name='person_link_once'), models.CheckConstraint(condition=models.Q(('purpose__in', ['invite', 'reset'])), name='person_link_purpose_known')],
            },
        ),
        migrations.RunSQL(row_security(["person_link"])),
        migrations.RunSQL([location_security(table, shows) for table, shows in NARROWED.items()]),
    ]
