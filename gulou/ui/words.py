"""What the scripts say. Every page carries them as JSON, in its language."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    "close": pgettext_lazy("window", "Close"),
    "copied": _("Copied."),
    "passkeyFailed": _("No passkey was given. Try again, or sign in another way."),
    "noticesDenied": _(
        "This browser does not let this site show notices. Its settings for this site can allow it."
    ),
    "noticesFailed": _("This browser could not reach the service that brings it notices."),
    "copyFailed": _("Could not copy. Select the text and copy it by hand."),
    "offline": _("You are offline. What you typed stays on this device."),
    "keptHere": _("Kept on this device. Send it when you are online again."),
    "backOnline": _("You are online again. You can send it now."),
    "failed": _("That did not work. Try again; nothing you typed is lost."),
    "down": _("The service does not answer just now. What you typed stays on this device."),
    "draftKept": _("What you had typed is back."),
    "draftClear": _("Start afresh"),
    "sending": _("Sending"),
    "kept": _("Sent"),
    "waitingToSend": _("Waiting to be sent"),
    "tooLarge": _("Larger than {size} MB: choose a smaller one."),
    "tooMany": _("At most {count} photos."),
    "notPhoto": _("This is not a photo."),
    "sendFailed": _("Not sent."),
    "retry": _("Try again"),
    "remove": _("Remove"),
    "photo": _("Photo {number}"),
    "stillSending": _("Wait until the photos are sent, or remove them."),
    "placeFromPhoto": _("Place taken from the photo. Move the pin if it is not right."),
    "placeFromPhone": _("Place taken from this device, within {metres} m."),
    "placeMoved": _("Place set at {lat}, {lon}."),
    "placeDenied": _(
        "This device does not tell its place. Tap the map to place the pin, or search for a name."
    ),
    "photoOutside": _(
        "The photo was taken outside the district. Tap the map where you saw the problem."
    ),
    "phoneOutside": _("You are outside the district. Tap the map where you saw the problem."),
    "placeLooking": _("Looking for this device"),
    "nothingFound": _("Nothing by this name. Try another, or move the pin."),
    "found": _("{count} found"),
    "mapFailed": _("The map cannot be drawn on this device."),
    "mapLoading": _("Drawing the map"),
    "sketch": _("Sketch, not official borders"),
    "reviewNumber": _("Map review {number}"),
    "zoomIn": _("Closer"),
    "zoomOut": _("Farther"),
    "pinMap": _("Map of where it is"),
    "seconds": _("{n} s"),
    "pinHelp": _("Pin. Move it with the arrow keys."),
}
