// On a narrow screen, keep JupyterLab's side bar closed while the lesson opens; whoever touches the page decides then.
if (matchMedia("(max-width: 900px)").matches) {
  const look = setInterval(() => {
    const shell = window.jupyterapp?.shell;
    if (shell && !shell.leftCollapsed) shell.collapseLeft();
  }, 200);
  const stop = () => clearInterval(look);
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, stop, { once: true, capture: true });
  setTimeout(stop, 60_000);
}
