import { FileOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { apiUrl, call, errorText } from '#ui/api.ts'
import { formatBytes, formatDateTime } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import { collaborationApi, type Entry } from '../contract.ts'

export function EntryLine({ entry, twoParties }: { entry: Entry; twoParties: boolean }) {
  const t = useWords('collaboration')
  const who = [entry.organisation, entry.author].filter(Boolean).join(' · ')
  return (
    <li className={`collaboration-entry collaboration-${entry.kind}`}>
      <div className="collaboration-head">
        <strong>{who || t('panel.system')}</strong>
        <span className="ls-quiet">{formatDateTime(entry.at)}</span>
        {twoParties && entry.kind !== 'event' && (
          <StatusTag tone={entry.shared || entry.forAll ? 'info' : 'neutral'}>
            {t(entry.forAll ? 'panel.visibleAll' : entry.shared ? 'panel.visibleBoth' : 'panel.visibleOwn')}
          </StatusTag>
        )}
        {entry.removable && <TakeBack id={entry.id} />}
      </div>
      <Said entry={entry} t={t} />
    </li>
  )
}

function Said({ entry, t }: { entry: Entry; t: Words }) {
  if (entry.removed) return <div className="ls-quiet">{t(entry.kind === 'file' ? 'panel.removedFile' : 'panel.removedComment')}</div>
  if (entry.event !== null) {
    const [module = '', name = ''] = entry.event.split('.')
    return <div>{t(`${module}:timeline.${name}`)}</div>
  }
  if (entry.file === null) return <p className="collaboration-text">{entry.text}</p>
  const address = apiUrl(collaborationApi.file, { params: { id: entry.id } })
  return (
    <div className="collaboration-file">
      {entry.file.inline ? (
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={entry.file.name} loading="lazy" />
        </a>
      ) : (
        <FileOutlined aria-hidden />
      )}
      <a href={address} {...(entry.file.inline ? { target: '_blank', rel: 'noreferrer' } : { download: entry.file.name })}>
        {entry.file.name}
      </a>
      <span className="ls-quiet">{formatBytes(entry.file.bytes)}</span>
    </div>
  )
}

function TakeBack({ id }: { id: Entry['id'] }) {
  const t = useWords('collaboration')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const remove = useMutation({
    mutationFn: () => call(collaborationApi.remove, { params: { id } }),
    onError: (error) => void message.error(errorText(error, t)),
    onSettled: () => client.invalidateQueries({ queryKey: ['collaboration', 'entries'] }),
  })
  const ask = () =>
    modal.confirm({
      title: t('panel.removeTitle'),
      content: t('panel.removeText'),
      okText: t('panel.remove'),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync().catch(() => undefined),
    })
  return (
    <Button type="link" size="small" onClick={ask}>
      {t('panel.remove')}
    </Button>
  )
}
