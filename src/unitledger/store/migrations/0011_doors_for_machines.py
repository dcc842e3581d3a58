import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import unitledger.store.base
import unitledger.store.source_items
import unitledger.store.webhooks
from django.db import migrations, models

from unitledger.store.ownership import composite_key, composite_reference, row_security

TABLES = (
    "source_revision",
    "bulk_job",
    "bulk_item",
    "call_window",
    "webhook_target",
    "state_change",
    "webhook_delivery",
    "webhook_try",
    "source_hook",
    "hook_arrival",
)
POINTED_AT = ("bulk_job", "webhook_target", "webhook_delivery", "source_hook", "api_key")
REFERENCES = (
    ("bulk_item", "job_id", "bulk_job", "id", "CASCADE"),
    ("call_window", "key_id", "api_key", "id", "CASCADE"),
    ("state_change", "document_id", "document", "id", "CASCADE"),
    ("webhook_delivery", "target_id", "webhook_target", "id", "CASCADE"),
    ("webhook_try", "delivery_id", "webhook_delivery", "id", "CASCADE"),
    ("hook_arrival", "hook_id", "source_hook", "id", "NO ACTION"),
)
# In the transaction of the change itself, so that none is lost; and only where an operator
# wants to be told, so that nobody else pays for it.
NOTE_STATE_CHANGES = """
    CREATE FUNCTION note_state_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM webhook_target t
                    WHERE t.operator_id = NEW.operator_id AND t.state = 'active') THEN
            INSERT INTO state_change (operator_id, document_id, old_state, new_state, at)
            VALUES (NEW.operator_id, NEW.id, OLD.state, NEW.state, clock_timestamp());
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER document_state_change AFTER UPDATE OF state ON document
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
        EXECUTE FUNCTION note_state_change();
"""



class Migration(migrations.Migration):

    dependencies = [
        ('store', '0010_handling_by_hand'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('request_key', models.TextField(null=True)),
                ('body_hash', models.BinaryField()),
                ('asked_by', models.TextField()),
                ('asked_by_id', models.UUIDField(null=True)),
                ('is_dry_run', models.BooleanField()),
                ('state', models.TextField(default=unitledger.store.source_items.BulkState['WAITING'])),
                ('items', models.IntegerField()),
                ('items_done', models.IntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'bulk_job',
            },
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('raw', models.JSONField()),
                ('result', models.JSONField(null=True)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('job', unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.bulkjob')),
            ],
            options={
                'db_table': 'bulk_item',
            },
        ),
        migrations.CreateModel(
            name='CallWindow',
            fields=[
                ('key', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='store.apikey')),
                ('began_at', models.DateTimeField()),
                ('calls', models.IntegerField()),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'call_window',
            },
        ),
        migrations.CreateModel(
            name='SourceHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
                ('secret_sealed', models.BinaryField()),
                ('profile', models.TextField()),
                ('is_open', models.BooleanField(default=True)),
                ('refused', models.BigIntegerField(default=0)),
                ('last_refused_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'source_hook',
            },
        ),
        migrations.CreateModel(
            name='HookArrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('body', models.BinaryField()),
                ('body_hash', models.BinaryField()),
                ('content_type', models.TextField(default='')),
                ('received_at', models.DateTimeField()),
                ('repeats', models.IntegerField(default=0)),
                ('last_repeated_at', models.DateTimeField(null=True)),
                ('state', models.TextField(default=unitledger.store.webhooks.HookArrivalState['NEW'])),
                ('event', models.TextField(default='')),
                ('results', models.JSONField(default=list)),
                ('readings', models.IntegerField(default=0)),
                ('read_at', models.DateTimeField(null=True)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('hook', unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcehook')),
            ],
            options={
                'db_table': 'hook_arrival',
            },
        ),
        migrations.CreateModel(
            name='SourceRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField()),
                ('kind', models.TextField()),
                ('identifier_type', models.TextField()),
                ('value', models.TextField()),
                ('revision', models.BigIntegerField()),
                ('content', models.JSONField()),
                ('taken_at', models.DateTimeField()),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'source_revision',
            },
        ),
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_state', models.TextField()),
                ('new_state', models.TextField()),
                ('at', models.DateTimeField()),
                ('document', unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'state_change',
            },
        ),
        migrations.CreateModel(
            name='WebhookTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('name', models.TextField()),
                ('url', models.TextField()),
                ('secret_sealed', models.BinaryField()),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('state', models.TextField(default=unitledger.store.webhooks.TargetState['ACTIVE'])),
                ('failures_in_a_row', models.IntegerField(default=0)),
                ('disabled_because', models.TextField(null=True)),
                ('told_up_to', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'webhook_target',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=unitledger.store.base.new_public_id, editable=False, unique=True)),
                ('event', models.TextField()),
                ('about', models.TextField(default='')),
                ('body', models.TextField()),
                ('state', models.TextField(default=unitledger.store.webhooks.DeliveryState['WAITING'])),
                ('tries', models.IntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('last_status', models.IntegerField(null=True)),
                ('last_error', models.TextField(null=True)),
                ('created_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(null=True)),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
                ('target', unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.webhooktarget')),
            ],
            options={
                'db_table': 'webhook_delivery',
            },
        ),
        migrations.CreateModel(
            name='WebhookTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('status', models.IntegerField(null=True)),
                ('error', models.TextField(null=True)),
                ('answer', models.TextField(default='')),
                ('milliseconds', models.IntegerField()),
                ('delivery', unitledger.store.base.Owned(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.webhookdelivery')),
                ('operator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator')),
            ],
            options={
                'db_table': 'webhook_try',
            },
        ),
        migrations.AddIndex(
            model_name='bulkjob',
            index=models.Index(condition=models.Q(('state', 'finished'), _negated=True), fields=['id'], name='bulk_job_open'),
        ),
        migrations.AddIndex(
            model_name='bulkjob',
            index=models.Index(fields=['operator', 'id'], name='bulk_job_newest'),
        ),
        migrations.AddConstraint(
            model_name='bulkjob',
            constraint=models.UniqueConstraint(fields=('operator', 'request_key'), name='bulk_job_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='bulkjob',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'finished'])), name='bulk_job_state_known'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('job', 'position'), name='bulk_item_once'),
        ),
        migrations.AddConstraint(
            model_name='sourcehook',
            constraint=models.UniqueConstraint(fields=('operator', 'name'), name='source_hook_once'),
        ),
        migrations.AddIndex(
            model_name='hookarrival',
            index=models.Index(condition=models.Q(('state', 'new')), fields=['id'], name='hook_arrival_new'),
        ),
        migrations.AddIndex(
            model_name='hookarrival',
            index=models.Index(fields=['operator', '-id'], name='hook_arrival_newest'),
        ),
        migrations.AddConstraint(
            model_name='hookarrival',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'taken', 'ignored', 'refused', 'unknown'])), name='hook_arrival_state_known'),
        ),
        migrations.AddConstraint(
            model_name='hookarrival',
            constraint=models.UniqueConstraint(fields=('hook', 'body_hash'), name='hook_arrival_once'),
        ),
        migrations.AddConstraint(
            model_name='sourcerevision',
            constraint=models.UniqueConstraint(fields=('operator', 'source', 'kind', 'identifier_type', 'value'), name='source_revision_once'),
        ),
        migrations.AddConstraint(
            model_name='sourcerevision',
            constraint=models.CheckConstraint(condition=models.Q(('revision__gte', 0)), name='source_revision_not_negative'),
        ),
        migrations.AddIndex(
            model_name='statechange',
            index=models.Index(fields=['operator', 'id'], name='state_change_next'),
        ),
        migrations.AddConstraint(
            model_name='webhooktarget',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'off', 'disabled'])), name='webhook_target_state_known'),
        ),
        migrations.AddConstraint(
            model_name='webhooktarget',
            constraint=models.UniqueConstraint(fields=('operator', 'url'), name='webhook_target_once'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='webhook_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['target', '-id'], name='webhook_delivery_newest'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered', 'given_up'])), name='webhook_delivery_state_known'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('next_at__isnull', False), _connector='OR'), name='webhook_delivery_waits_until'),
        ),
        migrations.RunSQL([composite_key(table) for table in POINTED_AT]),
        migrations.RunSQL(
            [
                composite_reference(table, column, target, target_key=key, on_delete=on_delete)
                for table, column, target, key, on_delete in REFERENCES
            ]
        ),
        migrations.RunSQL(row_security(TABLES)),
        migrations.RunSQL(NOTE_STATE_CHANGES),
    ]
