"""What can be done to a document of ours, by people who mean well and by people who do not."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from concord.documents.pdf.signing import make_self_signed


def saved_again(content: bytes) -> bytes:
    """As a reader of PDFs writes it anew."""
    document = pypdfium2.PdfDocument(content)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def rebuilt(content: bytes) -> bytes:
    """Every object copied into a new file, without the signature."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(content)))
    writer.root.pop("/AcroForm", None)
    writer.root.pop("/Perms", None)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def appended(content: bytes) -> bytes:
    """A comment after the end, which no reader shows."""
    return content + b"\n% paid\n"


def edited_after(content: bytes, text: str = "Total 1.00") -> bytes:
    """An incremental update that writes over the first page: the signature of what was before stays intact."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    _write_over(writer, text)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def edited(content: bytes, text: str = "Total 1.00") -> bytes:
    """Written over and saved as a new file, without the signature."""
    return rebuilt(edited_after(content, text))


def _write_over(writer: IncrementalPdfFileWriter, text: str) -> None:
    font = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Font"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
            generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
        }
    )
    name = f"/Over{zlib.crc32(text.encode())}"
    stream = generic.StreamObject(stream_data=f"BT {name} 30 Tf 60 400 Td ({text}) Tj ET".encode())
    resources = generic.DictionaryObject(
        {generic.pdf_name("/Font"): generic.DictionaryObject({generic.pdf_name(name): writer.add_object(font)})}
    )
    writer.add_stream_to_page(0, writer.add_object(stream), resources=resources)


def one_byte(content: bytes) -> bytes:
    """A byte changed inside what the signature covers, where no reader looks."""
    return content.replace(b"/Lang", b"/Lanh", 1) if b"/Lang" in content else content[:20] + b"%" + content[21:]


def signed_by_another(content: bytes, folder: Path) -> bytes:
    """The text of ours without our signature, signed by somebody who calls himself the same."""
    certificate, key = folder / "other.pem", folder / "other-key.pem"
    make_self_signed(name="Helvara (self-signed)", certificate=certificate, key=key)
    signer = signers.SimpleSigner.load(str(key), str(certificate))
    facts = signers.PdfSignatureMetadata(field_name="Vendor", subfilter=SigSeedSubFilter.PADES, certify=True)
    writer = IncrementalPdfFileWriter(io.BytesIO(rebuilt(content)))
    return signers.PdfSigner(facts, signer=signer).sign_pdf(writer).getvalue()


def a_pdf(text: str) -> bytes:
    """A small PDF that is none of ours."""
    drawing = f"BT /F 12 Tf 20 200 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(made)
