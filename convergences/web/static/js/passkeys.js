/* Passkeys (WebAuthn 2), for pages that carry `data-passkey`. Without this file, they offer the other ways in. */
(() => {
  const REFRESH = 8 * 60 * 1000; // a challenge lasts ten minutes
  const GET = {
    NotAllowedError: "Aucune clé d’accès n’a répondu : la demande a été annulée, le délai est passé, ou votre clé est sur un autre appareil. Réessayez, ou choisissez un autre moyen.",
  };
  const CREATE = {
    NotAllowedError: "La clé d’accès n’a pas été créée : la demande a été annulée, ou le délai est passé. Réessayez quand vous voulez.",
    InvalidStateError: "Cet appareil a déjà une clé d’accès pour votre compte. Choisissez un autre appareil, ou une clé USB.",
    NotSupportedError: "Cet appareil ne sait pas créer une clé d’accès assez sûre. Choisissez un autre moyen.",
    ConstraintError: "Cet appareil n’a ni empreinte, ni visage, ni code pour vous reconnaître. Choisissez un autre moyen.",
  };
  const BOTH = {
    SecurityError: "Les clés d’accès ne marchent pas à cette adresse : ouvrez le portail par son adresse habituelle.",
    TypeError: "Le portail ne répond pas. Vérifiez votre connexion au réseau, puis réessayez.",
  };
  const OTHER = "La clé d’accès n’a pas pu répondre. Réessayez, ou choisissez un autre moyen.";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

  // A challenge that nothing has answered may be shown again; the page brings the first
  const opened = Date.now();
  const asked = async (box) => {
    const { options, optionsFrom } = box.dataset;
    if (options && (!optionsFrom || Date.now() - opened < REFRESH)) return { options: JSON.parse(options) };
    const answer = await fetch(optionsFrom, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new TypeError(answer.statusText);
    return answer.json();
  };

  const publicKey = ({ options }) => {
    const ready = { ...options, challenge: bytes(options.challenge) };
    if (options.user) {
      ready.user = { ...options.user, id: bytes(options.user.id) };
      ready.excludeCredentials = named(options.excludeCredentials);
    } else {
      ready.allowCredentials = named(options.allowCredentials);
    }
    return ready;
  };

  const written = (key) => {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (key.response[name]) response[name] = text(key.response[name]);
    if (key.response.getTransports) response.transports = key.response.getTransports();
    const { credProps } = key.getClientExtensionResults();
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: { credProps } });
  };

  const send = (box, { sealed }, key) => {
    const form = box.closest("form");
    if (sealed) form.elements.sealed.value = sealed;
    form.elements.answer.value = written(key);
    form.submit();
  };

  const tell = (box, words) => {
    const told = box.querySelector("[data-passkey-told]");
    told.className = words ? "notice notice-bad" : "";
    told.textContent = words;
  };

  // The browser proposes passkeys in the identifier's field, until the button is used
  const proposing = async (box) => {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    for (;;) {
      const stop = (box.stop = new AbortController());
      const renewal = setTimeout(() => stop.abort("renewal"), REFRESH);
      try {
        const given = await asked(box);
        const key = await navigator.credentials.get({ publicKey: publicKey(given), mediation: "conditional", signal: stop.signal });
        if (key) return send(box, given, key);
      } catch {
        if (stop.signal.reason !== "renewal") return;
      } finally {
        clearTimeout(renewal);
      }
    }
  };

  const use = async (box, button) => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    tell(box, "");
    box.stop?.abort("button");
    try {
      const given = await asked(box);
      const ceremony = box.dataset.passkey === "create" ? "create" : "get";
      const key = await navigator.credentials[ceremony]({ publicKey: publicKey(given) });
      return send(box, given, key);
    } catch (error) {
      const words = box.dataset.passkey === "create" ? CREATE : GET;
      tell(box, words[error.name] ?? BOTH[error.name] ?? OTHER);
      if ("autofill" in box.dataset) proposing(box).catch(() => {});
    } finally {
      button.ariaBusy = "false";
    }
  };

  const able = isSecureContext && "PublicKeyCredential" in window && navigator.credentials?.create;
  document.querySelectorAll("[data-passkey]").forEach((box) => {
    if (!able) {
      document.querySelectorAll("[data-passkey-unable]").forEach((words) => (words.hidden = false));
      return;
    }
    box.hidden = false;
    box.querySelector("[data-passkey-go]").addEventListener("click", (event) => {
      event.preventDefault();
      use(box, event.currentTarget);
    });
    if ("autofill" in box.dataset) proposing(box).catch(() => {});
  });
})();
