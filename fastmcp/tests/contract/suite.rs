//! The suite: one test per guarantee of the engine, grouped by subject.

pub(crate) mod bodies;
pub(crate) mod cancelling;
pub(crate) mod delivery;
pub(crate) mod keeping;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod parking;
pub(crate) mod perpetual;
pub(crate) mod reading;
pub(crate) mod timing;
pub(crate) mod workers;

/// Defines one test per guarantee, for the backend of the stage.
macro_rules! contract {
    ($stage:expr, $($runtime:tt)*) => {
        $crate::suite::promises! { $stage, ($($runtime)*),
            keys: [
                submitting_under_a_key_in_use_returns_the_existing_execution,
                a_key_is_free_once_its_execution_has_ended,
                a_replacement_replaces_a_waiting_execution,
                a_replacement_of_a_running_key_waits_for_it,
                a_replacement_runs_before_a_retry,
                a_replacement_can_cancel_the_running_execution,
                a_replacement_can_be_refused,
                the_last_of_several_replacements_runs,
                any_string_can_be_a_key,
            ],
            delivery: [
                a_lost_lease_is_redelivered_and_its_runner_fenced,
                a_sleeping_worker_notices_a_lost_lease,
                a_toxic_execution_becomes_a_dead_letter_with_its_history,
                a_dead_letter_can_be_replayed,
                a_renewed_lease_is_kept,
                a_returned_execution_is_claimed_at_once,
                a_repeated_settlement_changes_nothing,
                a_dropped_claim_loses_nothing,
                an_unknown_task_is_offered_to_another_worker,
                an_unknown_task_without_another_worker_becomes_a_dead_letter,
                an_offer_to_a_leaving_worker_passes_to_another,
                an_offer_to_a_dead_worker_passes_to_another,
                an_undecodable_message_becomes_a_dead_letter,
                a_higher_priority_is_claimed_first,
            ],
            cancelling: [
                cancelling_a_waiting_execution_removes_it,
                cancelling_an_unknown_key_leaves_nothing_behind,
                a_cancelled_run_is_cancelled_once_it_has_stopped,
                a_body_that_ignores_cancellation_is_dropped,
                a_body_that_returns_normally_after_a_cancel_is_cancelled,
                a_cancelled_run_whose_worker_dies_is_cancelled,
                clearing_cancels_only_waiting_executions,
            ],
            timing: [
                nothing_runs_before_it_is_due,
                a_due_time_in_the_past_is_due_now,
                an_earlier_due_time_wakes_a_sleeping_worker,
                results_are_readable_until_they_expire,
                a_paused_docket_starts_nothing,
                a_struck_task_waits_until_it_is_restored,
                an_execution_can_be_scheduled_ten_years_ahead,
            ],
            limits: [
                a_lane_at_its_limit_queues_the_rest_without_using_slots,
                an_execution_waiting_for_a_lane_can_be_cancelled,
                an_unused_lane_place_goes_to_the_next_in_line,
                an_overtaken_execution_keeps_its_place_in_line,
                waiting_for_one_limit_does_not_use_another,
                a_rate_limit_holds_in_every_window,
                a_cooldown_merges_submissions,
                a_cooldown_outlasts_the_results_of_its_lane,
                cancelling_before_the_run_starts_no_cooldown,
                a_waiting_execution_is_replaced_during_a_cooldown,
                a_dead_letter_can_be_replayed_during_a_cooldown,
                a_debounced_key_runs_after_a_quiet_period,
                a_full_docket_refuses_submissions,
                a_submission_can_wait_for_room,
                waiting_for_room_fails_at_capacity_zero,
                invalid_limits_are_refused,
            ],
            perpetual: [
                a_perpetual_task_runs_again_after_each_run,
                a_perpetual_task_continues_after_a_failure,
                a_perpetual_task_can_stop_itself,
                a_perpetual_task_can_change_its_payload_and_interval,
                a_cron_schedule_is_followed,
                an_automatic_task_starts_with_the_worker,
                a_replacement_becomes_the_next_run,
                the_next_run_is_limited_to_the_longest_delay,
            ],
            parking: [
                a_note_survives_retries_and_lost_leases,
                a_missing_note_differs_from_an_empty_one,
                the_next_run_of_a_perpetual_task_begins_without_a_note,
                a_replay_keeps_the_note_of_its_dead_letter,
                the_size_of_a_note_is_limited,
                a_parked_execution_is_due_only_after_a_wake,
                an_amendment_wakes_a_sleeping_worker,
                an_amendment_compares_the_note_before_it_writes,
                amending_an_unknown_execution_reports_it,
                one_of_two_concurrent_amendments_is_stale,
                subscribers_see_parking_and_amendments,
                a_parked_execution_uses_no_slot_and_no_lane_place,
                a_parked_execution_counts_as_pending,
                a_parked_execution_can_be_cancelled_cleared_and_replaced,
                a_superseded_or_cancelled_execution_does_not_park,
                a_woken_execution_waits_while_its_task_is_struck,
            ],
            keeping: [
                a_retained_result_outlives_other_results,
                retention_starts_at_admission,
                a_waiting_execution_is_cancelled_when_its_retention_ends,
                a_running_execution_is_signalled_at_expiry_and_removed_after_it_stops,
                an_execution_lost_after_its_retention_is_removed,
                a_dead_execution_with_retention_is_not_a_dead_letter,
                a_queued_replacement_is_cancelled_when_its_retention_ends,
                a_key_is_free_after_its_retention,
                an_invalid_retention_is_refused,
                a_record_has_the_time_of_its_last_change,
            ],
            bodies: [
                a_result_comes_back_typed,
                a_result_of_another_type_is_an_error,
                a_panic_fails_the_run_with_its_location_and_the_worker_continues,
                a_panic_before_the_first_await_is_caught_too,
                a_failing_body_is_retried_with_its_delays,
                a_final_failure_is_not_retried,
                a_body_can_ask_for_a_retry_a_snooze_or_a_discard,
                a_body_that_times_out_fails,
                a_body_can_extend_its_time_limit,
                a_failed_dependency_is_named,
                a_payload_that_does_not_decode_becomes_a_dead_letter,
                a_result_that_is_too_large_fails_the_run,
                a_result_that_does_not_serialise_fails_the_run,
                the_trace_is_kept_through_scheduling_retries_and_replays,
                a_chain_of_tasks_keeps_one_trace,
                a_payload_that_is_not_json_is_refused,
                the_sizes_of_keys_names_and_payloads_are_limited,
            ],
            workers: [
                concurrent_run_calls_share_one_worker,
                a_body_can_wait_until_all_others_finish,
                a_body_takes_its_slot_back_after_waiting,
                bodies_that_wait_until_finished_do_not_wait_for_each_other,
                run_at_most_limits_the_runs_of_a_key,
                a_shutdown_lets_running_bodies_finish,
                a_cancellation_reaches_a_body_during_a_shutdown,
                a_shutdown_returns_unfinished_runs,
                using_a_stopped_worker_is_an_error,
                full_slots_are_filled_again_without_waiting,
                the_lease_of_a_long_body_is_renewed,
                two_workers_share_the_work,
                workers_are_listed_while_they_live,
                dropping_the_run_future_stops_claiming,
                invalid_worker_options_are_refused,
                the_longest_durations_do_not_overflow,
            ],
            reading: [
                a_subscriber_sees_every_state,
                progress_can_be_read_and_subscribed_to,
                a_fenced_run_cannot_report_progress,
                each_submission_of_a_batch_has_its_own_result,
                a_snapshot_counts_everything,
                dockets_with_different_names_share_nothing,
            ],
        }
    };
}

macro_rules! promises {
    ($stage:expr, $runtime:tt, $($about:ident: [$($promise:ident),* $(,)?],)*) => {$(
        mod $about {
            $( $crate::suite::promise! { $stage, $runtime, $about, $promise } )*
        }
    )*};
}

macro_rules! promise {
    ($stage:expr, ($($runtime:tt)*), $about:ident, $promise:ident) => {
        #[tokio::test($($runtime)*)]
        async fn $promise() {
            $crate::suite::$about::$promise(&$stage).await;
        }
    };
}

pub(crate) use {contract, promise, promises};
