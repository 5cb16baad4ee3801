from django.db import migrations

EVERYBODY = ("Channel managers", "Pricing managers", "Editors")
PAGES = ("add", "change", "publish")
FILES = ("add", "change", "choose")


def permission(apps, app_label, model, codename, name):
    """The permission, made now where Django would make it only after all migrations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return found


def make_groups(apps, schema_editor):
    """What each group may do with Wagtail's own things. What it may do with ours is said by role, in code.

    Nobody here may touch users, groups or sites, so nobody can give himself more.
    """
    groups = {name: apps.get_model("auth", "Group").objects.get_or_create(name=name)[0] for name in EVERYBODY}
    enter = permission(apps, "wagtailadmin", "admin", "access_admin", "Can access Wagtail admin")
    for group in groups.values():
        group.permissions.set([enter])
    brand = permission(apps, "portal", "brandsettings", "change_brandsettings", "Can change brand")
    groups["Channel managers"].permissions.add(brand)

    editors = groups["Editors"]
    page_permissions = apps.get_model("wagtailcore", "GroupPagePermission").objects
    file_permissions = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    collection = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    for verb in PAGES:
        allowed = permission(apps, "wagtailcore", "page", f"{verb}_page", f"Can {verb} page")
        page_permissions.get_or_create(group=editors, page=root, permission=allowed)
    for app_label, model in (("wagtailimages", "image"), ("documents", "collateral")):
        for verb in FILES:
            allowed = permission(apps, app_label, model, f"{verb}_{model}", f"Can {verb} {model}")
            file_permissions.get_or_create(group=editors, collection=collection, permission=allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_matching_keys"),
        ("portal", "0003_brand"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
