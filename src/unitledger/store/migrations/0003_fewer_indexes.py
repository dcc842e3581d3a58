"""No index that another one covers, or by which nothing is found: each costs every write."""

import django.db.models.deletion
import unitledger.store.base
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0002_tie_out_result'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='document',
            name='document_link',
        ),
        migrations.RemoveIndex(
            model_name='xeroobject',
            name='xero_object_number',
        ),
        migrations.RemoveIndex(
            model_name='xeroobject',
            name='xero_object_token',
        ),
        migrations.RemoveIndex(
            model_name='xeroobject',
            name='xero_object_invoice',
        ),
        migrations.AlterField(
            model_name='allocation',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='allocation',
            name='payment',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.payment'),
        ),
        migrations.AlterField(
            model_name='arrival',
            name='import_run',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.importrun'),
        ),
        migrations.AlterField(
            model_name='arrival',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='organisation',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='run',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.run'),
        ),
        migrations.AlterField(
            model_name='building',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='callbudget',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='charge',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='consentrequest',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='document',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='document',
            name='organisation',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation'),
        ),
        migrations.AlterField(
            model_name='document',
            name='parent',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document'),
        ),
        migrations.AlterField(
            model_name='document',
            name='record',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord'),
        ),
        migrations.AlterField(
            model_name='effect',
            name='batch',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.batch'),
        ),
        migrations.AlterField(
            model_name='effect',
            name='document',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document'),
        ),
        migrations.AlterField(
            model_name='effect',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='effect',
            name='organisation',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation'),
        ),
        migrations.AlterField(
            model_name='effectdependency',
            name='effect',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.effect'),
        ),
        migrations.AlterField(
            model_name='effectdependency',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='invoice',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.invoice'),
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='location',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='locationroute',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='mappingversion',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='recordidentifier',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='recordidentifier',
            name='record',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord'),
        ),
        migrations.AlterField(
            model_name='recordversion',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='recordversion',
            name='record',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.sourcerecord'),
        ),
        migrations.AlterField(
            model_name='run',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='sourcealias',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='sourcerecord',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='tenant',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='tieoutresult',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='unit',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='xeroapp',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='xeroobject',
            name='document',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.document'),
        ),
        migrations.AlterField(
            model_name='xeroobject',
            name='operator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.operator'),
        ),
        migrations.AlterField(
            model_name='xeroobject',
            name='organisation',
            field=unitledger.store.base.Owned(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.organisation'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('link_token__isnull', False)), fields=['operator', 'link_token'], name='document_link'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['organisation', 'kind', 'number'], name='xero_object_number'),
        ),
        migrations.AddIndex(
            model_name='xeroobject',
            index=models.Index(condition=models.Q(('token__isnull', False)), fields=['organisation', 'token'], name='xero_object_token'),
        ),
    ]
