/**
 * Moves the focus on before what has it goes: it would fall to the page, and keys begin at its top.
 *
 * @param going What goes; unless the focus is in it, nothing happens.
 * @param heirs The first of them that can have the focus gets it.
 */
export function passFocus(going: HTMLElement, ...heirs: HTMLElement[]): void {
  if (!going.contains(document.activeElement)) return;
  for (const heir of heirs) {
    heir.focus();
    if (document.activeElement === heir) return;
  }
}
