import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import unitledger.store.base
from django.conf import settings
from django.db import migrations, models

from unitledger.store.ownership import row_security


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0009_sync_as_lived'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='overwrite_version',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='operator',
            name='locale',
            field=models.TextField(db_default=models.Value('en-GB')),
        ),
        migrations.CreateModel(
            name='Handling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('key', models.TextField()),
                ('act', models.TextField()),
                ('user_name', models.TextField()),
                ('kind', models.TextField()),
                ('record_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('note', models.TextField(default='')),
                ('before', models.JSONField()),
                ('left_out', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.TextField(default='')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'handling',
                'constraints': [models.UniqueConstraint(fields=('operator', 'key'), name='handling_once'), models.CheckConstraint(condition=models.Q(('act__in', ['skip', 'handled', 'keep', 'write', 'link', 'unlink', 'take_up'])), name='handling_act_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['contact', 'invoice', 'payment'])), name='handling_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('is_shared', models.BooleanField()),
                ('name', models.TextField()),
                ('address', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'saved_filter',
                'constraints': [models.UniqueConstraint(fields=('operator', 'user', 'name'), name='saved_filter_one_a_name')],
            },
        ),
        migrations.RunSQL(row_security(["handling", "saved_filter"])),
    ]
