/* After a sign-out: what applications answer is shown as it comes. Without this file, a link asks again and a button goes on. */
(() => {
  const told = document.getElementById("prevenues");
  if (!told) return;
  const { back, round } = told.dataset;
  const LONGEST = 3000;

  // Back to the application that asked, once every frame has been loaded: each tells another that it is over
  if (back) {
    const leave = () => location.replace(back);
    addEventListener("load", leave);
    setTimeout(leave, LONGEST);
    return;
  }

  const again = async () => {
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page?.getElementById("prevenues");
    if (!now) return;
    told.replaceChildren(...now.childNodes);
    if (now.dataset.round) setTimeout(again, now.dataset.round * 1000);
  };
  if (round) setTimeout(again, round * 1000);
})();
