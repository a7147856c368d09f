"""Pictures to send."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), name: str = "moi.jpg") -> SimpleUploadedFile:
    """Return a real picture of that form."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (30, 110, 120)).save(buffer, form)
    return SimpleUploadedFile(name, buffer.getvalue(), content_type=f"image/{form.lower()}")
