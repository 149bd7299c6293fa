"""How a Solr with one core is started: the search engine that CKAN cannot be without."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import free_port
from tests.peers.kept import PeerAbsent, java_libraries
from tests.peers.serving import answers, running

VERSION = "8.11.4"
_MAIN = Path(__file__).parent / "solr" / "SolrServer.java"
_SETTINGS = Path(__file__).parent / "solr" / "solrconfig.xml"
_WORD_LISTS = ("protwords.txt", "synonyms.txt")  # the schema wants them; they may be empty


@contextmanager
def running_solr(folder: Path, schema: Path) -> Iterator[str]:
    """The address of a core, empty, that keeps its files in ``folder``."""
    # The JDK's launcher compiles the one source file in memory; a runtime alone cannot.
    java, javac = shutil.which("java"), shutil.which("javac")
    if java is None or javac is None:
        raise PeerAbsent("there is no JDK (Debian: apt-get install default-jdk-headless)")
    libraries = java_libraries("solr", f"org.apache.solr:solr-core:{VERSION}")
    port = free_port()
    _configure(folder, schema)
    options = ["-Xmx300m", "-Dhost=127.0.0.1", f"-Dsolr.log.dir={folder}", "-cp", f"{libraries}/*"]
    url = f"http://127.0.0.1:{port}/solr/catalogue"
    command = [java, *options, str(_MAIN), str(folder), str(port)]
    with running(command, folder, lambda: answers(f"{url}/select?q=*:*")):
        yield url


def _configure(folder: Path, schema: Path) -> None:
    configuration = folder / "catalogue" / "conf"
    configuration.mkdir(parents=True)
    (folder / "solr.xml").write_text("<solr/>", "utf-8")
    (folder / "catalogue" / "core.properties").write_text("name=catalogue\n", "utf-8")
    shutil.copy(schema, configuration / "schema.xml")
    shutil.copy(_SETTINGS, configuration / "solrconfig.xml")
    for name in _WORD_LISTS:
        (configuration / name).touch()
