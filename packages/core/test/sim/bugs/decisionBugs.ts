/** Wrong programs, made by replacing a decision while they run. */
import type { Decider } from "@tributary/core/journal/Decider"
import { Refused } from "@tributary/core/journal/Decider"
import {
  type ExtractCommand,
  type ExtractEvent,
  type ExtractState,
  extractDecider,
} from "@tributary/core/journal/ExtractDecider"
import { type InputCommand, type InputEvent, type InputState, inputDecider } from "@tributary/core/journal/InputDecider"
import {
  type PartitionCommand,
  type PartitionEvent,
  partitionDecider,
  type PartitionState,
} from "@tributary/core/journal/PartitionDecider"
import type { Variant } from "../Process.ts"

/** The deciders are objects that everything looks at anew: what is put into them holds until it is taken out. */
const replacing =
  <Command, Event, State>(decider: Decider<Command, Event, State>) =>
  (
    name: string,
    wrong: (right: Decider<Command, Event, State>) => Partial<Decider<Command, Event, State>>,
  ): Variant => ({
    name,
    install: () => {
      const right = { ...decider }
      Object.assign(decider, wrong(right))
      return () => void Object.assign(decider, right)
    },
  })

const input = replacing<InputCommand, InputEvent, InputState>(inputDecider)
const extract = replacing<ExtractCommand, ExtractEvent, ExtractState>(extractDecider)
const partition = replacing<PartitionCommand, PartitionEvent, PartitionState>(partitionDecider)

/** Changes the events that a decision leads to. */
const changed =
  <Command, Event, State>(
    right: Decider<Command, Event, State>,
    change: (event: Event, state: State, command: Command) => Event,
  ): Decider<Command, Event, State>["decide"] =>
  (state, command) => {
    const events = right.decide(state, command)
    return events instanceof Refused ? events : events.map((event) => change(event, state, command))
  }

export const decisionBugs: ReadonlyArray<Variant> = [
  input("filtered records are not counted", (right) => ({
    decide: changed(right, (event) =>
      event._tag === "Settled" ? { ...event, counts: { ...event.counts, filtered: 0 } } : event,
    ),
  })),
  input("quarantined records are left out of every sum", (right) => ({
    decide: changed(right, (event) =>
      event._tag === "Settled"
        ? {
            ...event,
            counts: { ...event.counts, quarantined: 0, records: event.counts.records - event.counts.quarantined },
          }
        : event,
    ),
  })),
  extract("an input counts as settled when it is added", (right) => ({
    evolve: (state, event) => {
      const next = right.evolve(state, event)
      if (event._tag !== "InputAdded") return next
      const inputs = new Map(next.inputs)
      return { ...next, inputs: inputs.set(event.input, { ...inputs.get(event.input)!, settled: true }) }
    },
  })),
  extract("an extract is published without waiting for the end of its run", (right) => ({
    evolve: (state, event) => ({ ...right.evolve(state, event), runEnded: true }),
  })),
  extract("a late object goes under the published location", (right) => ({
    decide: changed(right, (event, state) =>
      event._tag === "InputAdded" ? { ...event, generation: Math.max(1, state.published) } : event,
    ),
  })),
  extract("the time of an extract is that of its first object", (right) => ({
    evolve: (state, event) => {
      const next = right.evolve(state, event)
      return state.at === 0 ? next : { ...next, at: state.at }
    },
  })),
  partition("who comes last is shown", (right) => ({
    decide: (state, command) => {
      if (command._tag === "Merge") return right.decide(state, command)
      const { _tag, ...shown } = command
      return [{ _tag: "Switched", ...shown }]
    },
  })),
  partition("of two extracts of one time the smaller id wins", (right) => ({
    decide: (state, command) => {
      const { head } = state
      if (command._tag === "Merge" || head?._tag !== "Switched") return right.decide(state, command)
      if (head.extractAt !== command.extractAt || head.extract === command.extract) return right.decide(state, command)
      const { _tag, ...shown } = command
      return [{ _tag: command.extract < head.extract ? "Switched" : "Superseded", ...shown }]
    },
  })),
  partition("an older extract is shown until it is superseded a second time", (right) => ({
    evolve: (state, event) => {
      const next = right.evolve(state, event)
      return event._tag === "Superseded"
        ? { ...next, head: { ...event, location: event.location ?? "", _tag: "Switched" } }
        : next
    },
  })),
]
