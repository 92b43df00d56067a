// On a narrow screen, keep JupyterLab's side bar closed while the lesson opens; whoever touches the page decides then.
// A window that becomes narrow later, as a tablet does when it is turned, closes it once.
{
  const narrow = matchMedia("(max-width: 900px)");
  const close = () => {
    const shell = window.jupyterapp?.shell;
    if (narrow.matches && shell && !shell.leftCollapsed) shell.collapseLeft();
  };
  const look = setInterval(close, 200);
  const stop = () => clearInterval(look);
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, stop, { once: true, capture: true });
  setTimeout(stop, 60_000);
  narrow.addEventListener("change", close);
}
