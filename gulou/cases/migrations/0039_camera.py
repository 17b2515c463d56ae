"""Pictures from our own camera view are named so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0038_findings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('same_picture', 'It is a picture from before'), ('seen_before', 'It was sent before, on another case'), ('edited', 'It was saved by picture editing software'), ('copied', 'Parts of it are copied within it'), ('far', 'It was taken somewhere else'), ('earlier', 'It was taken before the problem was seen'), ('other_view', 'It does not show the view of the picture before'), ('no_place', 'It does not say where or when it was taken'), ('gap', 'The chain of its camera has a gap before it'), ('camera', 'It was taken in our own camera view'), ('same_view', 'It shows the view of the picture before')], max_length=20),
        ),
    ]
