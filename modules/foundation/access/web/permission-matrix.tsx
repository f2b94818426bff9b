import { Checkbox } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { allPages } from '#ui/module-pages.ts'
import { useSession } from '#ui/session.ts'
import { permissionName } from './queries.ts'

/** Permissions by module, the modules in the order of the menu. */
export function byModule(permissions: readonly string[]): [module: string, permissions: string[]][] {
  const groups = new Map<string, string[]>()
  for (const permission of permissions) {
    const module = permission.split('.')[0] ?? ''
    groups.set(module, [...(groups.get(module) ?? []), permission])
  }
  const rank = new Map(allPages().map((page, i) => [page.module, i]))
  const at = (module: string) => rank.get(module) ?? rank.size
  return [...groups].sort(([a], [b]) => at(a) - at(b))
}

/** A form field: what may be ticked is what one may give, that is, what one has oneself. */
export function PermissionField(props: {
  all: readonly string[]
  value?: string[]
  onChange?: (value: string[]) => void
  readOnly?: boolean
}) {
  const t = useWords('access')
  const own = useSession().permissions
  const value = props.value ?? []
  const toggle = (names: readonly string[], on: boolean) =>
    props.onChange?.(on ? [...new Set([...value, ...names])] : value.filter((name) => !names.includes(name)))
  return (
    <div className="ls-permissions">
      {byModule(props.all).map(([module, names]) => {
        const grantable = names.filter((name) => own.includes(name))
        const ticked = names.filter((name) => value.includes(name))
        return (
          <fieldset key={module} className="ls-permission-group">
            <legend>
              <Checkbox
                checked={ticked.length === names.length}
                indeterminate={ticked.length > 0 && ticked.length < names.length}
                disabled={props.readOnly === true || grantable.length === 0}
                onChange={(event) => toggle(grantable, event.target.checked)}
              >
                {t(`${module}:name`, { defaultValue: module })}
              </Checkbox>
            </legend>
            {names.map((name) => {
              const mine = own.includes(name)
              return (
                <Checkbox
                  key={name}
                  checked={value.includes(name)}
                  disabled={props.readOnly === true || (!mine && !value.includes(name))}
                  title={mine || props.readOnly ? undefined : t('errors.cannotGrant')}
                  onChange={(event) => toggle([name], event.target.checked)}
                >
                  {permissionName(name, t)}
                </Checkbox>
              )
            })}
          </fieldset>
        )
      })}
    </div>
  )
}
