"""« Réglages à coller »: each text is read by its own language, and nothing typed by somebody ends its quotes."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from convergences.catalog.models import Application
from convergences.protocols.oidc.panel.snippets import snippets
from convergences.protocols.oidc.panel.snippets.kits import KITS
from convergences.web.panels.facts import Snippet
from tests.cast import Cast
from tests.clients import node
from tests.oidc.holding import fresh_key
from tests.oidc.relying import SECRET, define
from tests.oidc.signing import public

METHODS: list[dict[str, Any]] = [
    {},
    {"token_endpoint_auth_method": "client_secret_post", "backchannel_logout_uri": "https://bip.example/bye"},
    {"token_endpoint_auth_method": "none", "client_secret": None, "id_token_signed_response_alg": "RS256"},
    {"scope": "openid roles", "grant_types": ["authorization_code"], "post_logout_redirect_uris": []},
]
# All that a redirect address may hold and that some language would read.
SLY = "https://bip.example/a';$(id)'&/login/oauth2/code/x?a='.exec('id').'&b=$HOME&c=[!x]"
# A name is typed by an engineer: it is only ever a comment.
NAME = "Paie */ ?> <?php exec('id'); \n OIDCClientID evil \u2028 '''\"\"\" ${HOME} #{x} -->"


def made(cast: Cast, **changes: Any) -> dict[str, Snippet]:
    """Describe BIP and return its texts by key."""
    define(cast.bip, **changes)
    return {snippet.key: snippet for snippet in snippets(Application.objects.get(pk=cast.bip.pk))}


@pytest.fixture(params=[*range(len(METHODS)), "sly"])
def texts(request: pytest.FixtureRequest, cast: Cast) -> dict[str, Snippet]:
    """The texts of BIP under several settings, an attacker's among them."""
    if request.param != "sly":
        return made(cast, **METHODS[request.param])
    Application.objects.filter(pk=cast.bip.pk).update(name=NAME[:120])
    sly = {"redirect_uris": [SLY], "post_logout_redirect_uris": ["https://bip.example/b';$(id)"]}
    return made(cast, **sly, backchannel_logout_uri="https://bip.example/c');require('x')//")


def test_no_text_holds_a_secret_nor_a_place_left_to_fill(texts: dict[str, Snippet]) -> None:
    assert len(texts) == sum(len(kit.files) for kit in KITS)
    for snippet in texts.values():
        assert SECRET not in snippet.text
        assert not re.search(r"@@|^[?!]\w+\|", snippet.text, re.MULTILINE), snippet.text
        assert "bip" in snippet.text or snippet.key in {"spring_java", "django_views", "drupal_drush"}


def test_yaml_is_read_as_the_settings_it_says(texts: dict[str, Snippet]) -> None:
    spring = YAML(typ="safe").load(texts["spring_yml"].text)["spring"]["security"]["oauth2"]["client"]
    [registration] = spring["registration"].values()
    [provider] = spring["provider"].values()
    assert registration["client-id"] == "bip"
    assert registration["redirect-uri"] in {SLY, "https://bip.example/callback"}
    assert registration["scope"][0] == "openid"
    assert provider == {"issuer-uri": "http://testserver", "user-name-attribute": "sub"}
    drupal = YAML(typ="safe").load(texts["drupal_yml"].text)
    assert drupal["settings"]["client_id"] == "bip"
    assert drupal["settings"]["token_endpoint"] == "http://testserver/oauth/token"
    assert drupal["settings"]["client_secret"] == ""


def test_python_compiles_and_its_settings_are_those_of_authlib(texts: dict[str, Snippet]) -> None:
    compile(texts["django_views"].text, "portail.py", "exec")
    given: dict[str, Any] = {}
    os.environ["SECRET_DU_PORTAIL"] = "from the environment"
    exec(compile(texts["django_settings"].text, "settings.py", "exec"), given)
    portal = given["AUTHLIB_OAUTH_CLIENTS"]["portail"]
    assert portal["server_metadata_url"] == "http://testserver/.well-known/openid-configuration"
    assert portal.get("client_secret", "from the environment") == "from the environment"
    assert given["PORTAIL_RETOUR"] in {SLY, "https://bip.example/callback"}
    calls = [each for each in ast.walk(ast.parse(texts["django_settings"].text)) if isinstance(each, ast.Call)]
    assert calls == []


def test_javascript_is_accepted_by_node_and_calls_nothing_else(texts: dict[str, Snippet], tmp_path: Path) -> None:
    source = tmp_path / "app.js"
    source.write_text(texts["express"].text)
    subprocess.run([node.program(), "--check", source], check=True, capture_output=True)
    # What the middleware receives, in a world where modules only say what they are given.
    stage = """
      const seen = {};
      const fake = { auth: (options) => { seen.options = options; return () => {}; } };
      const app = { use() {}, get() {}, listen() {} };
      const modules = { express: () => app, 'express-openid-connect': fake, memorystore: () => class {},
        'node:fs': { readFileSync: () => 'key' } };
      const load = (name) => { if (!(name in modules)) throw new Error(name); return modules[name]; };
      new Function('require', 'process', require('fs').readFileSync(process.argv[1], 'utf8'))(load, { env: {} });
      console.log(JSON.stringify(seen.options));
    """
    run = subprocess.run([node.program(), "-e", stage, source], check=True, capture_output=True, text=True)
    options = json.loads(run.stdout)
    assert (options["clientID"], options["issuerBaseURL"]) == ("bip", "http://testserver")
    assert options["baseURL"] == "https://bip.example"


def test_php_and_java_hold_as_many_strings_as_when_nobody_attacks(cast: Cast) -> None:
    """No PHP nor Java is on this machine: what stands outside strings and comments must not change with the values."""
    honest = made(cast, redirect_uris=["https://bip.example/callback"], backchannel_logout_uri="https://bip.example/x")
    Application.objects.filter(pk=cast.bip.pk).update(name=NAME[:120])
    attacked = made(cast, redirect_uris=[SLY], post_logout_redirect_uris=["https://bip.example/b';$(id)"],
                    backchannel_logout_uri="https://bip.example/c');exec('id')//")  # fmt: skip
    for key, strings in {"php": r"'(?:[^'\\]|\\.)*'", "php_backchannel": r"'(?:[^'\\]|\\.)*'",
                         "spring_java": r'"(?:[^"\\]|\\.)*"'}.items():  # fmt: skip
        bare = [
            re.sub(strings, "S", re.sub(r"(?m)^\s*(//|/\*\*).*$", "", each[key].text)) for each in (honest, attacked)
        ]
        assert bare[0] == bare[1], key
        assert "exec" not in bare[1]


def test_the_shell_reads_each_address_as_one_word(cast: Cast) -> None:
    sly = "https://bip.example/b';touch$IFS/pwned;'"
    text = made(cast, redirect_uris=["https://bip.example/openid-connect/bip"], post_logout_redirect_uris=[sly])
    script = text["drupal_drush"].text.split("cat >>")[0]
    fake = 'composer() { printf "%s\\n" "$@"; }; drush() { printf "%s\\n" "$@"; };'
    run = subprocess.run(["sh", "-c", fake + script], capture_output=True, text=True, check=True)
    assert "/b';touch$IFS/pwned;'" in run.stdout.splitlines()
    assert "openid_connect.client.bip'" in text["drupal_drush"].text


def _apache(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    modules = Path("/usr/lib/apache2/modules")
    needed = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc"]
    loaded = "\n".join(f'LoadModule {name}_module "{modules}/mod_{name}.so"' for name in needed)
    where = f'ErrorLog "{folder}/error.log"\nServerRoot "{folder}"\nServerName localhost\nListen 127.0.0.1:1'
    whole = f"{where}\n{loaded}\n{text}"
    (folder / "apache.conf").write_text(whole)
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    environment = {"SECRET_DU_PORTAIL": "a secret", "SECRET_DES_SESSIONS": "another", "PATH": os.environ["PATH"]}
    command = [program, "-t", "-f", str(folder / "apache.conf")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_apache_accepts_its_text(texts: dict[str, Snippet], tmp_path: Path) -> None:
    text = texts["mod_auth_openidc"].text
    tested = _apache(tmp_path, re.sub(r"OIDC(Public|Private)KeyFiles .*", "", text))
    assert tested.returncode == 0, tested.stderr + text
    assert len(re.findall(r"(?m)^OIDCClientID ", text)) == 1


def test_a_page_that_all_may_open_opens_no_other(cast: Cast) -> None:
    for after in ("https://bip.example/", "https://bip.example/call", "https://other.example/bye"):
        text = made(cast, post_logout_redirect_uris=[after])["mod_auth_openidc"].text
        assert "Require all granted" not in text, after
    assert "Require all granted" in made(cast)["mod_auth_openidc"].text


def test_what_a_client_cannot_do_is_said_before_it_is_tried(cast: Cast) -> None:
    told = made(cast, userinfo_signed_response_alg="ES256", require_pushed_authorization_requests=True)
    warning = {key: snippet.warning.replace("\u00a0", " ").replace("’", "'") for key, snippet in told.items()}
    assert "choisissez RS256" in warning["spring_yml"]
    assert "choisissez RS256" in warning["php"]
    assert "choisissez client_secret_post" in warning["drupal_yml"]
    assert "choisissez une réponse sans signature" in warning["django_settings"]
    assert "déposer ses demandes" in warning["mod_auth_openidc"]
    assert "déposer" not in warning["express"]
    assert "pushedAuthorizationRequests: true" in told["express"].text
    assert warning["mod_auth_openidc"].endswith("https://bip.example/callback?logout=backchannel")


def test_a_machine_has_nothing_to_paste(cast: Cast) -> None:
    machine = {"grant_types": ["client_credentials"], "scope": "payroll.read", "redirect_uris": []}
    assert made(cast, **machine, post_logout_redirect_uris=[]) == {}
    assert snippets(cast.cotisations) == ()


def _directives(text: str) -> list[str]:
    """Return the lines of a configuration of Apache, without comments, quotes or room."""
    lines = (line.strip().replace('"', "") for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_apache_s_text_is_the_configuration_that_the_real_apache_of_the_tests_runs(cast: Cast) -> None:
    example = (Path(__file__).parents[1] / "clients" / "examples" / "mod_auth_openidc.conf").read_text()
    # What belongs to that site alone: a folder for one role.
    example = re.sub(r"<Location /gestion>.*?</Location>\n", "", example, flags=re.DOTALL)
    text = made(
        cast,
        client_id="intranet",
        scope="openid profile email",
        redirect_uris=["https://intranet.example/oidc/retour"],
        post_logout_redirect_uris=["https://intranet.example/au-revoir"],
    )["mod_auth_openidc"].text
    ours = [line.replace("http://testserver", "https://portail.example") for line in _directives(text)]
    assert ours == _directives(example)


@pytest.mark.parametrize(
    ("kid", "named"),
    [
        ("app-1", '"app-1#/etc/apache2/oidc/privee.pem"'),
        ('a" "b', '"a\\" \\"b#/etc/apache2/oidc/privee.pem"'),
        ("${HOME}", None),
    ],
)
def test_the_name_that_an_application_gave_its_key_says_nothing_else(cast: Cast, kid: str, named: str | None) -> None:
    keys = {"keys": [public(fresh_key(), kid=kid)]}
    told = made(cast, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=keys)
    apache = told["mod_auth_openidc"]
    if named is None:
        assert apache.text == ""
        assert "ne peut pas être écrit" in apache.warning
    else:
        assert f"OIDCPrivateKeyFiles {named}" in apache.text.splitlines()
    assert "readFileSync(process.env.CLE_DE_L_APPLICATION)" in told["express"].text


def test_a_site_made_of_the_django_texts_ends_a_session_when_it_is_told_and_only_then(
    cast: Cast, tmp_path: Path
) -> None:
    texts = made(cast, backchannel_logout_uri="https://bip.example/annonce")
    (tmp_path / "settings.py").write_text(texts["django_settings"].text)
    (tmp_path / "portail.py").write_text(texts["django_views"].text)
    environment = {"PATH": os.environ["PATH"], "SECRET_DU_PORTAIL": "a secret"}
    program = Path(__file__).with_name("pasted_django.py")
    run = subprocess.run(
        [sys.executable, program, tmp_path], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "forged": [400, True],
        "of another": [400, True],
        "expired": [400, True],
        "an ID token": [400, True],
        "honest": [204, False],
        "again": [400, False],
    }
