"""A small installation written as a file, and what applies it."""

from pathlib import Path

from convergences.audit.services import Actor
from convergences.cli.declarative.applying import apply, load
from convergences.cli.declarative.plan import Plan
from convergences.cli.declarative.problems import BadFiles

OPERATOR = Actor(agent_id=None, label="Exploitation")

ORGANIZATIONS = """\
organizations:
  - {key: cig, siret: "28930001400015", name: CIG, kind: center, affiliation: center, department: "93"}
  - key: pantin
    siret: "21930055500014"
    name: Ville de Pantin
    kind: commune
    affiliation: affiliated
    department: "93"
    email_domains: [pantin.example]
    authority: {title: Maire, name: Camille Roy, email: maire@pantin.example}
"""
APPLICATIONS = """\
applications:
  - slug: bip
    name: BIP
    url: https://bip.example/
    status: open
    affiliations: [affiliated, center]
    roles:
      - {key: reader, name: Consulter}
      - {key: manager, name: Gérer}
    attributes: [email, roles]
    protocol: oidc
    oidc:
      client_id: bip
      client_secret: {env: BIP_SECRET}
      redirect_uris: [https://bip.example/callback]
"""
AGENTS = """\
agents:
  - email: nadia.ferhat@pantin.example
    given_name: Nadia
    family_name: Ferhat
    password: {file: nadia}
    memberships:
      - organization: pantin
        profile: referent
        job_title: Responsable RH
        entitlements:
          - {application: bip, roles: [manager], until: 2100-12-31}
"""
WHOLE = ORGANIZATIONS + APPLICATIONS + AGENTS
PASSWORD = "Quatre tracteurs bleus 93"
SECRET = "a-secret-of-bip-that-nobody-else-knows"


def write(folder: Path, text: str, name: str = "installation.yaml") -> Path:
    """Write a file, and the password that it names beside it."""
    (folder / "nadia").write_text(PASSWORD + "\n")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def bring(folder: Path, text: str, *, dry: bool = False) -> Plan:
    """Apply a text as a file."""
    return apply(load([write(folder, text)]), actor=OPERATOR, dry=dry)


def problems(folder: Path, text: str) -> list[str]:
    """Return what is said of a file that cannot be applied: `line: sentence`."""
    try:
        bring(folder, text)
    except BadFiles as error:
        return [f"{problem.line}: {problem.sentence}" for problem in error.problems]
    return []
