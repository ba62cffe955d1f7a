// The station's facts as they come over the wire: the field names of app/domain, units in the names, null: not known.

export interface LatLon { lat_deg: number; lon_deg: number }

export interface Telemetry {
  time_s: number; vehicle_id: number; lat_deg: number; lon_deg: number; altitude_m: number; height_m: number;
  roll_deg: number; pitch_deg: number; heading_deg: number; north_mps: number; east_mps: number; down_mps: number;
}

export interface VehicleState {
  time_s: number; vehicle_id: number; connected: boolean; simulated: boolean; autopilot: string; kind: string; mode: string;
  armed: boolean; in_air: boolean | null; ready_to_arm: boolean | null; heartbeat_s: number;
  battery_percent: number | null; battery_v: number | null; gps_fix: number | null; satellites: number | null;
  hdop: number | null; ekf_healthy: boolean | null; home: LatLon | null; home_altitude_m: number | null;
}

export interface LinkState {
  time_s: number; url: string; connected: boolean; received_per_s: number; lost_percent: number; bad_frames: number; problem: string;
  bytes_per_s: number; rates_hz: Record<string, number>; latency_ms: number | null; jitter_ms: number | null;
  radio_dbm: number | null; radio_remote_dbm: number | null; signed: boolean; refused_frames: number;
}

export interface VehicleMessage { time_s: number; vehicle_id: number; severity: number; text: string }

export interface CommandRecord { time_s: number; actor: string; verb: string; arguments: string; outcome: string; detail: string }

export interface RadioState {
  time_s: number; source: string; device: string; connected: boolean; simulated: boolean; centre_hz: number; rate_hz: number;
  gain_db: number; auto_gain: boolean; gains_db: number[]; samples: number; lost_samples: number; overload: boolean; problem: string;
  profile: string; antenna: string; dbm_offset_db: number | null; uncalibrated: string;
}

export interface Profile { name: string; problem: string; profile: { source: string; antenna: string; calibration: { points: unknown[] } | null } | null }

export interface FoundReceiver { source: string; name: string; serial: string }

export interface RecordingFact {
  name: string; cause: string; started_s: number; ended_s: number | null; rate_hz: number; centre_hz: number; datatype: string; samples: number;
  size_bytes: number; lost_samples: number; captures: number; detections: number; simulated: boolean; complete: boolean;
}

export interface StoredRecording { id: number; project_id: number; flight_id: number | null; recording: RecordingFact }

export interface RecordingState {
  time_s: number; running: RecordingFact[]; held_s: number; rate_bytes_per_s: number; room_bytes: number; seconds_left: number | null;
  automatic: boolean; problem: string;
}

export interface Level {
  time_s: number; duration_s: number; target_id: string; frequency_hz: number; power_dbfs: number; power_db: number;
  noise_dbfs: number; snr_db: number; heard: boolean; overload: boolean;
  power_dbm: number | null;
}

export interface Reading {
  level: Level; lat_deg: number; lon_deg: number; height_m: number; heading_deg: number; roll_deg: number; pitch_deg: number;
}

export interface Detection {
  time_s: number; duration_s: number; target_id: string; kind: string; frequency_hz: number; bandwidth_hz: number;
  power_dbfs: number; snr_db: number; confirmed: boolean; text: string;
}

export interface Target {
  id: string; name: string; kind: string; frequency_hz: number; bandwidth_hz: number; period_s: number; pulse_s: number;
  mortality_period_s: number;
}
/** What was heard of a target over the last stretch of time, also when it was nothing. */
export interface TargetReport {
  time_s: number; duration_s: number; target_id: string; heard: boolean; heard_s: number | null; snr_db: number | null;
  audible_dbfs: number | null; text: string;
}

export interface Targets { all: Target[]; selected_id: string }

export type MissionName = "IDLE" | "SEARCHING" | "DETECTING" | "HOMING" | "HOLDING" | "EMERGENCY";

export interface MissionStatus {
  time_s: number; state: MissionName; since_s: number; text: string; target_id: string; activated: boolean;
  home_on_detection: boolean; leg: number; legs: number; paused: boolean; goal: LatLon | null;
}

export interface Transition { time_s: number; before: string; after: string; reason: string; actor: string; forced: boolean }

export interface SearchPlan {
  pattern: string; waypoints: LatLon[]; height_m: number; speed_mps: number; spacing_m: number; length_m: number;
  time_s: number; battery_percent: number | null; area_m2: number; coverage: number; pod: number; left_out_m2: number;
}

export interface Verdict { rule: string; passed: boolean; text: string }
export interface GateReport { time_s: number; purpose: string; open: boolean; verdicts: Verdict[] }

export interface Bounds { south_deg: number; west_deg: number; north_deg: number; east_deg: number }
export interface Estimate {
  time_s: number; target_id: string; readings: number; enough: boolean; text: string; mode: LatLon; mean: LatLon;
  radius_50_m: number; radius_90_m: number; area_50_m2: number; area_90_m2: number;
  region_50: LatLon[][]; region_90: LatLon[][]; entropy_bits: number; emitters: LatLon[]; bounds: Bounds;
}
export interface Advice { time_s: number; target_id: string; strategy: string; goal: LatLon; speed_mps: number; text: string; heading_deg: number | null }

/** Where a target lies from a place, clockwise from true north. */
export interface Bearing {
  time_s: number; target_id: string; lat_deg: number; lon_deg: number; bearing_deg: number; sigma_deg: number; ambiguous: boolean;
  other_deg: number | null; quality: number; source: string; actor: string; text: string;
}

export interface Project { id: number; name: string; notes: string; created_s: number; deleted_s: number | null }
export interface Flight {
  id: number; project_id: number; name: string; notes: string; simulated: boolean; started_s: number; ended_s: number | null; clean: boolean;
}
export interface Fault { time_s: number; source: string; text: string; ended: boolean; count: number }

export interface Me { actor: string; role: "viewer" | "operator" | "admin"; session: string }
export interface Control { holder: string; until_s: number; asked_by: string; how: string }

/** What each topic of the WebSocket carries. */
export interface Topics {
  state: MissionStatus; transitions: Transition; gate: GateReport; control: Control; plan: SearchPlan; telemetry: Telemetry; vehicle: VehicleState;
  link: LinkState; messages: VehicleMessage; commands: CommandRecord; radio: RadioState; levels: Level; readings: Reading;
  detections: Detection; reports: TargetReport; targets: Targets; estimate: Estimate; advice: Advice; bearings: Bearing; project: Project; flights: Flight; faults: Fault;
  recording: RecordingState;
}
export type TopicName = keyof Topics;
export const TOPICS: TopicName[] = ["state", "transitions", "gate", "control", "plan", "telemetry", "vehicle", "link", "messages", "commands",
  "radio", "levels", "readings", "detections", "reports", "targets", "estimate", "advice", "bearings", "project", "flights", "faults", "recording"];
