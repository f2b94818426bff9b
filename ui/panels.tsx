import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'

/** A place on a page of one module where modules above it show something of their own: the map stays free of upward imports. */
export interface Panel {
  slot: string
  // biome-ignore lint/suspicious/noExplicitAny: each slot's page says what it hands over
  lazy: () => Promise<{ Component: ComponentType<any> }>
}

// biome-ignore lint/suspicious/noExplicitAny: see above
const registered = new Map<string, ComponentType<any>[]>()

/** Called once by apps/web with the panels of all modules. */
export function registerPanels(panels: readonly Panel[]): void {
  for (const panel of panels) {
    const component = lazy(async () => ({ default: (await panel.lazy()).Component }))
    registered.set(panel.slot, [...(registered.get(panel.slot) ?? []), component])
  }
}

/** `otherwise`: where no module has anything for this place. */
export function Panels<Props extends object>({ slot, props, otherwise }: { slot: string; props: Props; otherwise?: ReactNode }) {
  if (!registered.has(slot)) return otherwise
  return (
    <Suspense>
      {(registered.get(slot) ?? []).map((Component, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed at start
        <Component key={`${slot}-${i}`} {...props} />
      ))}
    </Suspense>
  )
}
