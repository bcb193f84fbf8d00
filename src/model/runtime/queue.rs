//! Queues and topics of brokers, as configuration declares them: SQS (in [`super::cloud`]), RabbitMQ and Kafka ([`super::broker`]).
//!
//! What is absent: what code declares when it starts.

use super::Runtime;
use super::profile::Profile;
use super::timeout::Timeout;
use crate::fact::{Fact, Product};
use crate::source::Span;

/// How a file writes its settings, for what is told to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// A template of CloudFormation or SAM.
    Template,
    /// The same as JSON.
    JsonTemplate,
    /// A Serverless Framework file.
    Serverless,
    /// Terraform.
    Terraform,
    /// Definitions of RabbitMQ.
    Definitions,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its name in the file.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The broker.
    pub broker: Product,
    /// Where messages go that could not be handled; absent only where everything that could say so was read.
    pub dead_letter: Fact<()>,
    /// How long a message that somebody took stays hidden from others; a default where nothing is written.
    pub visibility: Fact<Timeout>,
    /// How its file is written.
    pub notation: Notation,
    /// Whether it holds what others could not handle, or lives no longer than who reads it.
    pub is_last_stop: bool,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// A topic of Kafka.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its name; empty for all that nobody describes.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// On how many brokers each message lies.
    pub replicas: Fact<u32>,
    /// How many of them have to have a message before it counts as written.
    pub in_sync: Fact<u32>,
    /// How many brokers the cluster has, where it stands in the repository: with the place.
    pub brokers: Option<(u32, Span)>,
    /// How its file writes both numbers, up to the number.
    pub keys: TopicKeys,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// How a file writes on how many brokers messages lie, and how many have to have them: each up to its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicKeys {
    /// `replicas: `, `default.replication.factor=`.
    pub replicas: &'static str,
    /// `min.insync.replicas: `.
    pub in_sync: &'static str,
}

impl Queue {
    /// `queue jobs`.
    pub fn subject(&self) -> String {
        format!("queue {}", self.name)
    }

    /// What to type so that a message stays hidden for some seconds.
    pub fn visibility_setting(&self, seconds: u64) -> String {
        match self.notation {
            Notation::Terraform => format!("visibility_timeout_seconds = {seconds}"),
            Notation::JsonTemplate => format!("\"VisibilityTimeout\": {seconds}"),
            _ => format!("VisibilityTimeout: {seconds}"),
        }
    }

    /// What to type so that what fails is kept.
    pub fn dead_letter_setting(&self) -> String {
        let name = &self.name;
        match self.notation {
            Notation::Terraform => {
                format!(
                    "redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.{name}_dead.arn, maxReceiveCount = 5 }})"
                )
            }
            Notation::JsonTemplate => format!(
                "\"RedrivePolicy\": {{\"deadLetterTargetArn\": {{\"Fn::GetAtt\": [\"{name}Dead\", \"Arn\"]}}, \"maxReceiveCount\": 5}}"
            ),
            Notation::Definitions => {
                format!("\"arguments\": {{\"x-dead-letter-exchange\": \"\", \"x-dead-letter-routing-key\": \"{name}.dead\"}}")
            }
            _ => format!("RedrivePolicy: {{ deadLetterTargetArn: !GetAtt {name}Dead.Arn, maxReceiveCount: 5 }}"),
        }
    }
}

impl Runtime {
    /// Every queue, in order of file.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.iter()
    }

    /// Every topic of Kafka, in order of file.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter()
    }

    /// Queues of RabbitMQ definitions of which messages that fail go nowhere, by file; and how many were looked at.
    pub fn rabbit_queues_without_dead_letters(&self) -> (usize, Vec<Vec<&Queue>>) {
        let all = self.queues.iter().filter(|queue| queue.broker.0 == "RabbitMQ" && !queue.is_last_stop);
        let all: Vec<&Queue> = all.collect();
        let bare: Vec<&Queue> = all.iter().copied().filter(|queue| queue.dead_letter.known_absent()).collect();
        let by_file = bare.chunk_by(|a, b| a.span.source == b.span.source).map(<[&Queue]>::to_vec).collect();
        (all.len(), by_file)
    }
}
