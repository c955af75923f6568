"""What a plain script does: walk a folder, read its captions, count their tags."""

import collections
import json
import os
import sys
import time

extensions = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tiff", ".tif", ".avif"}
start = time.perf_counter()
images = 0
counts = collections.Counter()
for folder, _, names in os.walk(sys.argv[1]):
    present = set(names)
    for name in names:
        stem, extension = os.path.splitext(name)
        if extension.lower() not in extensions:
            continue
        images += 1
        if stem + ".txt" not in present:
            continue
        with open(os.path.join(folder, stem + ".txt"), encoding="utf-8") as file:
            counts.update(tag for tag in (part.strip() for part in file.read().split(",")) if tag)
seconds = time.perf_counter() - start
print(json.dumps({"images": images, "tags": sum(counts.values()), "different": len(counts), "seconds": seconds}))
