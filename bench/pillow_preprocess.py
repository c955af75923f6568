"""Prepares images as the taggers' author does (wd-tagger's app.py), as often as each line of standard input says."""

import json
import sys
import time

import PIL
from PIL import Image, features

try:
    import numpy
except ImportError:
    numpy = None

SIZE = 448


def prepare(path):
    image = Image.open(path)
    if image.mode == "RGB":
        image.load()
    else:
        image = image.convert("RGBA")
        canvas = Image.new("RGBA", image.size, (255, 255, 255))
        canvas.alpha_composite(image)
        image = canvas.convert("RGB")
    side = max(image.size)
    square = Image.new("RGB", (side, side), (255, 255, 255))
    square.paste(image, ((side - image.size[0]) // 2, (side - image.size[1]) // 2))
    if side != SIZE:
        square = square.resize((SIZE, SIZE), Image.BICUBIC)
    if numpy is None:
        return square.tobytes()
    return numpy.expand_dims(numpy.asarray(square, dtype=numpy.float32)[:, :, ::-1], axis=0)


versions = {"pillow": PIL.__version__, "python": sys.version.split()[0], "numpy": getattr(numpy, "__version__", None)}
for feature in ("libjpeg_turbo", "zlib", "zlib_ng", "webp"):
    versions[feature] = features.version(feature) if feature in features.get_supported() + ["zlib"] else None
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(order["count"]):
        prepare(order["path"])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    count = order["count"]
    print(json.dumps({"wallMs": wall * 1000 / count, "cpuMs": cpu * 1000 / count}), flush=True)
