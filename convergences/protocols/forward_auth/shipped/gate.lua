-- /etc/apache2/portail/snapi-cap.lua : pose chaque demande au portail avant qu'Apache n'y réponde.
local http = require "socket.http"

local SITE = "https://snapi.example"
local PORTAIL = "http://127.0.0.1:8901/gate/check"
local COOKIE = "__Host-gate"
local DITS = { "Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Remote-Organization", "Remote-Siret",
               "Remote-Acr", "Remote-Amr", "Remote-Token" }
-- Ce que le portail regarde pour savoir si une page s'ouvre, ou si un programme demande.
local REGARDES = { "Accept", "X-Requested-With", "HX-Request", "Sec-Fetch-Mode" }
http.TIMEOUT = 5

-- Ni Remote-User, ni remote_user, ni aucune autre façon de l'écrire : rien de tel ne vient du navigateur.
local function oublier(r)
  for nom in pairs(r:headers_in_table()) do
    if nom:lower():gsub("_", "-"):match("^remote%-") then r.headers_in[nom] = nil end
  end
  -- Upgrade: h2c ouvrirait un passage où le portail ne serait plus interrogé.
  if (r.headers_in["Upgrade"] or ""):lower() ~= "websocket" then r.headers_in["Upgrade"] = nil end
end

-- Le cookie du passage ne regarde pas l'application.
local function sans_passage(cookies)
  local gardes = {}
  for cookie in cookies:gmatch("[^;]+") do
    local propre = cookie:match("^%s*(.-)%s*$")
    if propre:sub(1, #COOKIE + 1) ~= COOKIE .. "=" then gardes[#gardes + 1] = propre end
  end
  return #gardes > 0 and table.concat(gardes, "; ") or nil
end

function check(r)
  local chemin = r.unparsed_uri
  if chemin:match("^/gate/start$") or chemin:match("^/gate/arrive$") or chemin:match("^/gate/leave$")
    or chemin:match("^/gate/start%?") or chemin:match("^/gate/arrive%?") or chemin:match("^/gate/leave%?") then
    return apache2.OK
  end
  if chemin:sub(1, 1) ~= "/" then return 400 end
  oublier(r)
  local dits = {
    ["X-Original-URL"] = SITE .. chemin, ["X-Original-Method"] = r.method,
    ["X-Forwarded-For"] = r.useragent_ip, ["X-Forwarded-Proto"] = SITE:match("^(%a+):"),
    ["Cookie"] = r.headers_in["Cookie"],
  }
  for _, nom in ipairs(REGARDES) do dits[nom] = r.headers_in[nom] end
  local repondu, code, entetes = http.request { url = PORTAIL, headers = dits, redirect = false }
  if not repondu then
    r:err("le portail ne répond pas : " .. tostring(code))
    return 503
  end
  if code == 200 then
    for _, nom in ipairs(DITS) do r.headers_in[nom] = entetes[nom:lower()] end
    r.user = entetes["remote-user"]
    r.headers_in["Cookie"] = sans_passage(r.headers_in["Cookie"] or "")
    return apache2.OK
  end
  local passage = entetes["x-gate-start"]
  if (code == 401 or code == 403) and passage then
    r.err_headers_out["Location"] = passage
    return 302
  end
  return (code == 401 or code == 403) and code or 503
end
