"""Put back what 0003 took along.

Django drops every index on nothing but a foreign key's column when that key loses its own, and
so the partial unique index of section 5.2 went with it: at most one in-flight or unknown effect
a document.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0014_item_list'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX IF NOT EXISTS effect_one_open_a_document ON effect (document_id) "
            "WHERE state IN ('in_flight', 'unknown')",
            migrations.RunSQL.noop,
        ),
    ]
