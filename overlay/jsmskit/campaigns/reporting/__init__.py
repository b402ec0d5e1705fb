"""What is told of a campaign: exports of recipients, and the page with charts."""
