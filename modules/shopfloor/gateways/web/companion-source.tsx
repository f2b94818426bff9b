import { UploadOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Select, Upload } from 'antd'
import { useRef, useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { type BrowsePage, draftOfMachine, type FoundMachine, machinesOf, stepName } from '../companion/machine-draft.ts'
import { type NodeSets, type ReadNodeSets, readNodeSets } from '../companion/node-set.ts'
import { draftOfNode, rootsOf } from '../companion/type-draft.ts'
import { configurationApi } from '../configuration-contract.ts'
import type { LinkId } from '../contract.ts'
import type { ReadMachine } from './companion-page.tsx'
import { type ChosenLink, LinkBar } from './link-bar.tsx'
import { useCodeText } from './reason-words.ts'

const MOST_FILES = 20
/** More characters than are parsed are not even read into memory. */
const MOST_BYTES = 32 * 1024 * 1024

interface Source {
  onRead(machine: ReadMachine | undefined): void
}

/** Files that were chosen, then which machine or type of them. They stay in this browser. */
export function FilesSource({ onRead }: Source) {
  const t = useWords('gateways')
  const [read, setRead] = useState<ReadFiles>()
  const [root, setRoot] = useState<string>()
  const take = async (files: readonly File[]) => {
    setRoot(undefined)
    onRead(undefined)
    setRead(await readFiles(files))
  }
  const roots = read?.kind === 'read' ? rootsOf(read.sets) : []
  const choose = (sets: NodeSets, id: string) => {
    setRoot(id)
    const chosen = roots.find((one) => one.id === id)
    if (!chosen) return
    const source = sets.models.map(({ uri, version }) => `${uri} ${version}`.trim()).join(', ')
    onRead({ draft: draftOfNode(sets, id), name: chosen.label, at: chosen.isMachine ? id : undefined, source: source.slice(0, 1_000) })
  }
  return (
    <>
      <p className="ls-quiet">{t('companion.filesHint')}</p>
      <Upload
        accept=".xml,text/xml"
        multiple
        showUploadList={false}
        beforeUpload={(file, all) => {
          // Told once for each file.
          if (file === all.at(-1)) void take(all)
          return false
        }}
      >
        <Button icon={<UploadOutlined aria-hidden />}>{t('companion.choose')}</Button>
      </Upload>
      {read?.kind === 'refused' && (
        <Alert
          type="error"
          showIcon
          role="alert"
          className="gw-gap"
          title={t('companion.refused', { file: read.file })}
          description={t(`companion.refusals.${read.reason}`, { line: read.line ?? 1 })}
        />
      )}
      {read?.kind === 'read' && (
        <>
          <p>{t('companion.modelsRead', { n: read.sets.models.length, models: read.sets.models.map(({ uri }) => uri).join('、') })}</p>
          {read.sets.missing.length > 0 && (
            <Alert
              type="warning"
              showIcon
              className="ls-form-failure"
              title={t('companion.missing', { models: read.sets.missing.join('、') })}
            />
          )}
          {roots.length === 0 ? (
            <Alert type="warning" showIcon title={t('companion.noRoots')} />
          ) : (
            <Form.Item label={t('companion.root')} layout="vertical" className="gw-form">
              <Select
                aria-label={t('companion.root')}
                showSearch={{ optionFilterProp: 'label' }}
                value={root}
                onChange={(id: string) => choose(read.sets, id)}
                options={roots.map((one) => ({
                  value: one.id,
                  label: `${one.label} · ${t(one.isMachine ? 'companion.machine' : 'companion.type')}`,
                }))}
              />
            </Form.Item>
          )}
        </>
      )}
    </>
  )
}

type ReadFiles = ReadNodeSets | { kind: 'refused'; file: string; reason: 'tooManyFiles'; line?: number }

async function readFiles(files: readonly File[]): Promise<ReadFiles> {
  const beyond = files[MOST_FILES]
  if (beyond) return { kind: 'refused', file: beyond.name, reason: 'tooManyFiles' }
  const large = files.find(({ size }) => size > MOST_BYTES)
  if (large) return { kind: 'refused', file: large.name, reason: 'tooLarge' }
  const texts: { name: string; text: string }[] = []
  for (const file of files) texts.push({ name: file.name, text: await file.text() })
  return readNodeSets(texts)
}

/** Machines of the server behind a link, and the reading of one, which can be stopped. */
function useServer(link: { id: string; name: string } | undefined, onRead: Source['onRead']) {
  const t = useWords('gateways')
  const words = useCodeText()
  const [found, setFound] = useState<FoundMachine[]>()
  const [state, setState] = useState<{ directories?: number; failure?: string }>({})
  const running = useRef<AbortController>(undefined)
  const stop = () => {
    running.current?.abort()
    setState({})
  }
  const run = async (work: (browse: BrowsePage, signal: AbortSignal) => Promise<void>) => {
    stop()
    const ending = new AbortController()
    running.current = ending
    const { signal } = ending
    setState({ directories: 0 })
    const browse: BrowsePage = async (at, cursor) => {
      signal.throwIfAborted()
      const answer = await call(configurationApi.browse, { params: { id: link?.id as LinkId }, body: { at, cursor }, signal })
      if (answer.outcome === 'failed') throw new NotShown(words(answer.reason, answer.details))
      return answer
    }
    try {
      await work(browse, signal)
      if (!signal.aborted) setState({})
    } catch (error) {
      if (!signal.aborted) setState({ failure: error instanceof NotShown ? error.message : errorText(error, t) })
    }
  }
  const find = () =>
    run(async (browse, signal) => {
      const machines = await machinesOf(browse)
      if (!signal.aborted) setFound(machines)
    })
  const read = ({ node, typeName }: FoundMachine) =>
    run(async (browse, signal) => {
      const draft = await draftOfMachine(browse, node.at, (n) => {
        if (!signal.aborted) setState({ directories: n })
      })
      const source = `${link?.name ?? ''} ${node.at}`.trim()
      if (!signal.aborted) onRead({ draft, name: typeName || node.name, at: node.at, source })
    })
  const clear = () => {
    stop()
    setFound(undefined)
    onRead(undefined)
  }
  return { found, ...state, find, read, stop, clear }
}

/** A machine on a server that a gateway is linked with, read directory by directory. */
export function ServerSource({ onRead }: Source) {
  const t = useWords('gateways')
  const [link, setLink] = useState<ChosenLink>()
  const server = useServer(link, onRead)
  const choose = (chosen: ChosenLink | undefined) => {
    setLink(chosen)
    server.clear()
  }
  return (
    <>
      <LinkBar protocol="opcua" className="gw-gap" onChoose={choose}>
        <Button disabled={link === undefined} loading={server.directories === 0} onClick={() => void server.find()}>
          {t('companion.find')}
        </Button>
      </LinkBar>
      {server.failure && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={server.failure} />}
      {server.directories !== undefined && server.directories > 0 && (
        <p role="status">
          {t('companion.reading', { n: server.directories })}{' '}
          <Button size="small" onClick={server.stop}>
            {t('companion.stop')}
          </Button>
        </p>
      )}
      {server.found && <MachineChoice key={link?.id} found={server.found} onChoose={(machine) => void server.read(machine)} />}
    </>
  )
}

function MachineChoice({ found, onChoose }: { found: FoundMachine[]; onChoose: (machine: FoundMachine) => void }) {
  const t = useWords('gateways')
  const [at, setAt] = useState<string>()
  if (found.length === 0) return <Alert type="warning" showIcon title={t('companion.nothingFound')} />
  const machines = found.filter(({ isMachine }) => isMachine).length
  return (
    <>
      <p>{machines > 0 ? t('companion.found', { n: machines }) : t('companion.foundOthers')}</p>
      <Form.Item label={t('companion.root')} layout="vertical" className="gw-form">
        <Select
          aria-label={t('companion.root')}
          value={at}
          onChange={(value: string) => {
            setAt(value)
            const chosen = found.find(({ node }) => node.at === value)
            if (chosen) onChoose(chosen)
          }}
          options={found.map(({ node, typeName, isMachine }) => ({
            value: node.at,
            label: `${node.name} · ${t(isMachine ? 'companion.isMachine' : 'companion.isObject', { type: typeName || stepName(node.step ?? '') })}`,
          }))}
        />
      </Form.Item>
    </>
  )
}

/** The server does not show it, in words. */
class NotShown extends Error {}
