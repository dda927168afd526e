// Requests to the stand-in. Refused tells in words what is not possible.

export class Refused extends Error {}

async function answered(response) {
  const told = await response.json();
  if (!response.ok) throw new Refused(told.error ?? `HTTP ${response.status}`);
  return told;
}

async function get(path) {
  return answered(await fetch(path, { headers: { Accept: "application/json" } }));
}

async function post(path, body) {
  return answered(
    await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

export const workspace = () => get("/sandbox/workspace");
export const screen = (person) => get(`/sandbox/people/${person}/screen`);
export const messages = (channel, viewer) => get(`/sandbox/channels/${channel}/messages?viewer=${viewer}`);
export const calls = (since) => get(`/sandbox/calls?since=${since}`);
export const deliveries = (since) => get(`/sandbox/deliveries?since=${since}`);
export const act = (person, name, body) => post(`/sandbox/people/${person}/acts/${name}`, body);
export const enter = (person, body) => post(`/page/people/${person}/enter`, body);
export const submit = (person, body) => post(`/page/people/${person}/submit`, body);
export const suggest = (person, body) => post(`/page/people/${person}/suggest`, body);

export async function upload(person, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
  const sent = { name: file.name, mimetype: file.type || "application/octet-stream", content: btoa(binary) };
  return (await act(person, "upload", sent)).file;
}
