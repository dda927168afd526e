// The live feed: every change in the workspace, as it happens, with reconnection.

const SHORTEST = 250;
const LONGEST = 5000;

export function follow(since, { changed, lost, back }) {
  let seen = since;
  let pause = SHORTEST;
  let wasLost = false;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/sandbox/live?since=${seen}`);
    socket.addEventListener("open", () => {
      pause = SHORTEST;
      if (wasLost) back();
      wasLost = false;
    });
    socket.addEventListener("message", (event) => {
      const change = JSON.parse(event.data);
      seen = change.seq;
      changed(change);
    });
    socket.addEventListener("close", () => {
      if (!wasLost) lost();
      wasLost = true;
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST);
    });
  }

  connect();
}
