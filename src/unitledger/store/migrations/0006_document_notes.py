from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0005_resync_request'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='notes',
            field=models.JSONField(db_default=models.Value([], models.JSONField())),
        ),
    ]
