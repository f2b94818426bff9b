import { App, Button } from 'antd'
import { errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'

/** Asks, removes, says what went wrong. */
export function RemoveButton({ name, onRemove }: { name: string; onRemove: () => Promise<unknown> }) {
  const t = useWords('logistics')
  const { modal, message } = App.useApp()
  const ask = () =>
    modal.confirm({
      title: t('setup.removeTitle', { name }),
      okText: t('setup.remove'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: () => onRemove().catch((error: unknown) => void message.error(errorText(error, t))),
    })
  return (
    <Button danger onClick={ask}>
      {t('setup.remove')}
    </Button>
  )
}
