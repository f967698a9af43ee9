"""What the site takes from outside docs/, and what it lists by itself.

The README, the changelog and the page for contributors become pages of the site, and so do notebooks; a page of
docs/decisions/ is listed because it is there.
"""

import base64
import json
import pathlib
import posixpath
import re

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Files outside docs/ that are pages of the site.
OUTSIDE = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "README.md": "index.md"}
LINK = re.compile(r"(!?\[[^\]]*\]\(|src=\")(?![a-z]+:|#)([^)\"#\s]+)(#[^)\"\s]*)?([)\"])")


def title(page):
    return page.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


def notebook_pages(config, path):
    """A notebook as files of the site: a page with its cells and what they print, and the page's pictures."""
    name = f"notebooks/{path.stem}"
    parts = []
    pictures = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = "".join(output.get("text") or data.get("text/plain", "")).rstrip()
            if "image/png" in data:
                picture = f"{name}-{len(pictures)}.png"
                pictures.append(File.generated(config, picture, content=base64.b64decode(data["image/png"])))
                parts.append(f"![Plot]({posixpath.basename(picture)})")
            elif text:
                parts.append(f"```text\n{text}\n```")
    parts.append("The notebook itself, to run: `docs/" + name + ".ipynb`.")
    return [File.generated(config, f"{name}.md", content="\n\n".join(parts)), *pictures]


def on_config(config):
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    for section in config["nav"]:
        for entries in section.values():
            if isinstance(entries, list) and "decisions" in entries:
                at = entries.index("decisions")
                entries[at] = {"Decisions": [{title(page): f"decisions/{page.name}"} for page in decisions]}
    return config


def on_files(files, config):
    for outside, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / outside).read_text(encoding="utf-8")))
    for path in sorted((ROOT / "docs/notebooks").glob("*.ipynb")):
        files.remove(files.get_file_from_path(f"notebooks/{path.name}"))
        for file in notebook_pages(config, path):
            files.append(file)
    files.append(File.generated(config, "extra.css", content=(ROOT / "docs/site/extra.css").read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown, page, config, files):
    """Points links of a page of the repository at pages of the site; links to what is no page become plain text."""
    outside = {name: source for source, name in OUTSIDE.items()}
    source = pathlib.PurePosixPath(outside.get(page.file.src_uri, f"docs/{page.file.src_uri}"))

    def pointed(match):
        head, path, anchor, end = match[1], match[2], match[3] or "", match[4]
        target = posixpath.normpath(posixpath.join(source.parent.as_posix(), path))
        name = OUTSIDE.get(target, target.removeprefix("docs/") if target.startswith("docs/") else None)
        if name is not None and name.endswith(".ipynb"):
            name = str(pathlib.PurePosixPath(name).with_suffix(".md"))
        if target == "docs/decisions":
            name = min(page for page in files.src_uris if page.startswith("decisions/"))
        if name is None and (ROOT / target).exists():
            return head.strip("[]()!")
        if name is None:
            return match[0]
        return head + posixpath.relpath(name, posixpath.dirname(page.file.src_uri) or ".") + anchor + end

    return LINK.sub(pointed, markdown)
