"""Texts to paste for CAS and SAML: each is read by its own language, whatever an application's engineer has typed."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from ruamel.yaml import YAML

from convergences.catalog.models import Application
from convergences.protocols.cas.panel import panel as cas
from convergences.protocols.cas.panel.snippets import KITS as CAS_KITS
from convergences.protocols.saml import certificates
from convergences.protocols.saml.panel import panel as saml
from convergences.protocols.saml.panel.snippets import KITS as SAML_KITS
from convergences.web.panels.facts import Snippet
from tests.administration.test_snippets import NAME
from tests.cas.serving import define as define_cas
from tests.cast import Cast
from tests.saml.serving import define as define_saml
from tests.saml.serving import keys, metadata

pytestmark = pytest.mark.database
MODULES = Path("/usr/lib/apache2/modules")
# All that CAS lets an address hold, and all that XML lets a name hold.
SLY_SERVICE = "https://bip.example/a';$(id)'&b/*"
SLY_ENTITY = "urn:x:'\"><b>$(id)`{#}%s\\"
SLY_NAME = "m'\"><x>$(id)\\"


@pytest.fixture(params=["honest", "sly"])
def texts(request: pytest.FixtureRequest, cast: Cast) -> dict[str, Snippet]:
    """The texts of BIP, by protocol and key, honest or typed by an attacker."""
    certificates.forget_cached()
    certificates.ensure()
    return made(cast, sly=request.param == "sly")


def made(cast: Cast, *, sly: bool) -> dict[str, Snippet]:
    """Register BIP by both protocols."""
    if sly:
        Application.objects.filter(pk=cast.bip.pk).update(name=NAME[:120])
    services = [SLY_SERVICE] if sly else ["https://bip.example/*"]
    define_cas(cast.bip, services=services)
    entity = (
        SLY_ENTITY.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;") if sly else "https://bip.example"
    )
    names: dict[str, Any] = {"attributes": {SLY_NAME: "email", "r": "roles"}} if sly else {}
    define_saml(cast.bip, metadata(entity=entity, consumer="https://bip.example/mellon/postResponse"), **names)
    application = Application.objects.get(pk=cast.bip.pk)
    found = {f"{panel.protocol}/{one.key}": one for panel in (cas, saml) for one in panel.snippets(application)}
    assert len(found) == sum(len(kit.files) for kit in (*CAS_KITS, *SAML_KITS))
    return found


def test_no_text_has_a_place_left_to_fill(texts: dict[str, Snippet]) -> None:
    for snippet in texts.values():
        assert snippet.text or "sans y être transformé" in snippet.warning, snippet.key
        assert not re.search(r"@@|^[?!]\w+\|", snippet.text, re.MULTILINE), snippet.text


def test_xml_is_read_with_its_values(texts: dict[str, Snippet]) -> None:
    web = etree.fromstring(texts["cas/tomcat"].text.encode())
    values = [str(each.text) for each in web.iter("{*}param-value")]
    assert "http://testserver/cas" in values
    assert "https://bip.example" in values
    shibboleth = etree.fromstring(texts["saml/shibboleth2"].text.encode())
    assert shibboleth.get("entityID") in {SLY_ENTITY, "https://bip.example"}
    mapping = etree.fromstring(texts["saml/shibboleth_map"].text.encode())
    told = {str(one.get("id")): one.get("name") for one in mapping if isinstance(one.tag, str)}
    assert told["mail"] in {SLY_NAME, "urn:oid:0.9.2342.19200300.100.1.3"}


def test_our_description_is_read_from_nobody_else(texts: dict[str, Snippet]) -> None:
    """Shibboleth 3.4.1 takes keys from whoever shows a certificate of our name, its own maker: 64 is VERIFYPEER."""
    provider = etree.fromstring(texts["saml/shibboleth2"].text.encode()).find("MetadataProvider")
    assert provider is not None
    options = {one.get("option"): one.text for one in provider.iter("TransportOption")}
    assert options == {"64": "1", "81": "2", "10065": "/etc/ssl/certs/ca-certificates.crt"}


def test_yaml_is_read_with_its_values(texts: dict[str, Snippet]) -> None:
    drupal = YAML(typ="safe").load(texts["saml/drupal_yml"].text)
    assert drupal["sp_entity_id"] in {SLY_ENTITY, "https://bip.example"}
    assert drupal["idp_certs"] == [re.sub(r"-----[^-]+-----|\s", "", certificates.signer().certificate)]
    if text := texts["saml/spring_yml"].text:  # Spring would expand the braces of a sly name: it is left empty
        spring = YAML(typ="safe").load(text)["spring"]["security"]["saml2"]["relyingparty"]["registration"]["portail"]
        assert spring["assertingparty"] == {"metadata-uri": "http://testserver/saml/metadata"}
        assert spring["acs"]["location"] == "https://bip.example/mellon/postResponse"


def test_python_compiles_and_calls_the_portal(texts: dict[str, Snippet]) -> None:
    given: dict[str, Any] = {}
    text = texts["cas/django_views"].text
    exec(compile(text.partition("@csrf_exempt")[0], "portail.py", "exec"), given)
    assert (
        given["portail"]().get_login_url().startswith("http://testserver/cas/login?service=https%3A%2F%2Fbip.example")
    )
    compile(text, "portail.py", "exec")


@pytest.mark.skipif(shutil.which("javac") is None, reason="no Java on this machine")
@pytest.mark.parametrize("protocol", ["cas", "saml"])
def test_java_is_parsed(texts: dict[str, Snippet], tmp_path: Path, protocol: str) -> None:
    source = tmp_path / "EntreeParLePortail.java"
    source.write_text(texts[f"{protocol}/spring_java"].text)
    said = subprocess.run(["javac", "-proc:none", source], capture_output=True, text=True, check=False).stderr
    unknown = ("does not exist", "cannot find symbol", "n'existe pas", "introuvable")
    problems = [line for line in said.splitlines() if ": error: " in line or ": erreur: " in line]
    assert [line for line in problems if not line.endswith(unknown)] == []


def test_php_holds_as_many_strings_as_when_nobody_attacks(cast: Cast) -> None:
    honest, attacked = made(cast, sly=False), made(cast, sly=True)
    for key in ("cas/phpcas", "saml/simplesamlphp_sources", "saml/simplesamlphp_idp"):
        bare = [
            re.sub(r"'(?:[^'\\]|\\.)*'", "S", re.sub(r"(?m)^\s*//.*$", "", each[key].text))
            for each in (honest, attacked)
        ]
        assert bare[0] == bare[1]


APACHES: dict[str, tuple[str, Callable[[str, Path], str]]] = {
    "cas/mod_auth_cas": (
        "auth_cas",
        lambda text, folder: text.replace("/var/cache/apache2/mod_auth_cas/", f"{folder}/"),
    ),
    "saml/mellon": ("auth_mellon", lambda text, folder: text.replace("/etc/apache2/saml/", f"{folder}/")),
    "saml/shibboleth_apache": ("shib", lambda text, _folder: text),
}


@pytest.mark.parametrize("key", sorted(APACHES))
def test_apache_accepts_its_text(texts: dict[str, Snippet], tmp_path: Path, key: str) -> None:
    name, placed = APACHES[key]
    server, module = shutil.which("apache2") or "/usr/sbin/apache2", MODULES / f"mod_{name}.so"
    if not Path(server).exists() or not module.exists():
        pytest.skip(f"no {name} on this machine")
    if not texts[key].text:
        return  # what Apache would expand is refused, and said
    written = {"portail.xml": metadata(), "cle.pem": keys().private, "certificat.pem": keys().certificate}
    for file, content in written.items():
        (tmp_path / file).write_text(content)
    loaded = f"{name if name != 'shib' else 'mod_shib'}{'' if name == 'shib' else '_module'}"
    modules = "".join(
        f"LoadModule {one}_module {MODULES}/mod_{one}.so\n"
        for one in ("mpm_event", "authz_core", "authz_user", "authn_core")
    )
    head = f'ServerRoot "{tmp_path}"\nServerName x.example\nListen 127.0.0.1:1\nErrorLog "{tmp_path}/log"\n{modules}'
    site = f"{head}LoadModule {loaded} {module}\n{placed(texts[key].text, tmp_path)}"
    (tmp_path / "site.conf").write_text(site)
    run = subprocess.run([server, "-t", "-f", tmp_path / "site.conf"], capture_output=True, text=True, check=False,
                         env={**os.environ, "LANG": "C.UTF-8"})  # fmt: skip
    assert "Syntax OK" in run.stderr, run.stderr + site


@pytest.mark.parametrize("exact", [True, False])
def test_a_client_that_comes_back_at_any_page_says_what_it_needs(cast: Cast, exact: bool) -> None:
    """Registered to the letter alone, it would be refused at every page but one."""
    exactly, below = "https://bip.example/retour", "https://bip.example/paie/*"
    define_cas(cast.bip, services=[exactly] if exact else [exactly, below])
    found = {one.key: one for one in cas.snippets(cast.bip)}
    assert {key for key, one in found.items() if "inscrivez toute" in one.warning} == (
        {"mod_auth_cas", "phpcas"} if exact else set()
    )
    assert ('<Location "/paie">' in found["mod_auth_cas"].text) is not exact
